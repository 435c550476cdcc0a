/** `--play`: a scenario from the first signal to the resolution, as a responder would go through it, printed as text. */

import { carriedOut, give, remediator } from './play-request.ts';
import { cardOf, click, offers, type Print, printCard, printView, type Stage, settled, submit, until, type View } from './play-stage.ts';
import { playStorm } from './play-storm.ts';
import type { Resolution } from './scenario.ts';
import { playSignals, scenarioOf, titleOfScenario } from './scenarios.ts';
import { textOfBlocks } from './slack/as-text.ts';
import type { SlackMessage } from './slack/workspace.ts';
import type { World } from './world.ts';

const responder = 'U03DANAFOX';

const attack: Resolution = { verdict: 'attack', note: 'Phished, confirmed by phone.' };

/** Returns whether all went as it should. */
export async function play(world: World, name: string, print: Print): Promise<boolean> {
  const stage: Stage = { world, print, faults: [], replies: 0 };
  print(`▶ ${name}: ${titleOfScenario(name)}`);
  await playSignals(world, name);
  await until(() => cardOf(world) !== undefined, 'a card');
  await settled(world);
  printCard(stage, 'The card');
  await windForward(stage, scenarioOf(name)?.trailDelaySeconds ?? 0, 'The card, when CloudTrail had it');
  await windForward(stage, scenarioOf(name)?.unansweredSeconds ?? 0, 'The card, when nobody had responded');
  printPages(stage, scenarioOf(name)?.pages ?? 0);
  stage.replies += scenarioOf(name)?.replies ?? 0;
  const storm = scenarioOf(name)?.storm;
  if (storm !== undefined) await playStorm(stage, storm);
  await respond(stage, responder, 'acknowledge', 'Acknowledge');
  printCard(stage, 'The card, acknowledged');
  await lookUp(stage);
  await resetPassword(stage);
  await resetMfa(stage);
  for (const step of scenarioOf(name)?.steps ?? []) await give(stage, step);
  await resetAlarm(stage);
  await recordStep(stage);
  await resolve(stage, scenarioOf(name)?.resolution ?? attack);
  printCard(stage, 'The card, resolved');
  await printThread(stage, storm === undefined ? (scenarioOf(name)?.cards ?? 1) : undefined);
  for (const fault of stage.faults) print(`✗ ${fault}`);
  print(stage.faults.length === 0 ? `✓ ${name}` : `✗ ${name}`);
  return stage.faults.length === 0;
}

/** Until CloudTrail has the events, and the looks after it have found them. */
async function windForward(stage: Stage, seconds: number, title: string): Promise<void> {
  if (seconds === 0) return;
  for (let past = 0; past < seconds + 150; past += 30) {
    await stage.world.clock.advance(30);
    await stage.world.activity.quiet(150, 5_000);
  }
  await settled(stage.world);
  printCard(stage, title);
}

function printPages({ world, print, faults }: Stage, expected: number): void {
  const { pages } = world.aws;
  if (pages.length > 0) print('\n── The pager ──');
  for (const { subject, message } of pages) print(`• ${subject}\n  ${message.replaceAll('\n', '\n  ')}`);
  if (pages.length !== expected) faults.push(`The pager was notified ${pages.length} times, not ${expected}.`);
}

async function respond(stage: Stage, user: string, action: string, title: string): Promise<void> {
  stage.print(`\n── ${title} ──`);
  await click(stage, user, action);
  stage.replies++;
  await settled(stage.world);
}

/** Opens a response about a user, choosing one first where the card names none. */
async function aboutUser(stage: Stage, action: string, title: string): Promise<View | undefined> {
  stage.print(`\n── ${title} ──`);
  if (!offers(stage.world, action)) {
    stage.print('  Not offered on this card.');
    return undefined;
  }
  const first = await click(stage, remediator, action);
  if (first?.callback_id !== 'choose-user') return first;
  printView(stage, first);
  return submit(stage, remediator, first, { user: 'alice', account: '444455556666' });
}

async function lookUp(stage: Stage): Promise<void> {
  const view = await aboutUser(stage, 'look-up-mfa', 'MFA devices');
  if (view === undefined) return;
  printView(stage, view);
  if (view.callback_id !== 'facts') stage.faults.push('The look-up showed no facts.');
  stage.replies++;
}

function userOfView(view: View): string {
  return view.title.text.split(' · ').at(-1) ?? '';
}

async function resetPassword(stage: Stage): Promise<void> {
  const view = await aboutUser(stage, 'reset-password', 'Reset password (lock out)');
  if (view === undefined) return;
  printView(stage, view);
  const asked = await submit(stage, remediator, view, { mode: 'lock-out', why: 'Likely takeover', 'user-again': userOfView(view) });
  const outcome = await carriedOut(stage, asked);
  printView(stage, outcome);
  if (outcome?.callback_id !== 'outcome' && outcome?.callback_id !== 'requested') stage.faults.push('The password was not reset.');
  stage.replies++;
}

async function resetMfa(stage: Stage): Promise<void> {
  const view = await aboutUser(stage, 'reset-mfa', 'Reset MFA');
  if (view === undefined) return;
  printView(stage, view);
  if (view.callback_id !== 'respond') return;
  const devices = view.blocks
    .map((block) => block.element as { action_id?: string; options?: { value: string }[] } | undefined)
    .find((element) => element?.action_id === 'devices');
  const chosen = devices?.options?.map((option) => option.value) ?? [];
  const asked = await submit(stage, remediator, view, {
    devices: chosen,
    why: 'The attacker may have enrolled one',
    'user-again': userOfView(view),
  });
  const outcome = await carriedOut(stage, asked);
  printView(stage, outcome);
  if (outcome?.callback_id !== 'outcome') stage.faults.push('MFA was not reset.');
  stage.replies++;
}

async function resetAlarm(stage: Stage): Promise<void> {
  stage.print('\n── Reset alarm ──');
  if (!offers(stage.world, 'reset-alarm')) return stage.print('  Not offered: no alarm in ALARM belongs to this incident.');
  const view = await click(stage, responder, 'reset-alarm');
  printView(stage, view);
  if (view === undefined) return void stage.faults.push('Reset alarm opened no modal.');
  printView(stage, await submit(stage, responder, view, { why: 'Contained' }));
  stage.replies++;
  await stage.world.clock.advance(12);
  await settled(stage.world);
  printCard(stage, 'The card, after the reset and the next evaluation');
}

async function recordStep(stage: Stage): Promise<void> {
  stage.print('\n── Record a step ──');
  const view = await click(stage, responder, 'more', { option: 'record-step' });
  if (view === undefined) return void stage.faults.push('Record a step opened no modal.');
  await submit(stage, responder, view, { what: 'Called the user on a known number' });
  stage.replies++;
}

/** What came to light after it was acknowledged is acknowledged again, as the card asks. */
async function untilOffered(stage: Stage, action: string): Promise<void> {
  for (let step = 0; step < 10 && !offers(stage.world, action); step++) {
    if (offers(stage.world, 'acknowledge')) await respond(stage, responder, 'acknowledge', 'Acknowledge again');
    else await settled(stage.world);
  }
}

async function resolve(stage: Stage, resolution: Resolution): Promise<void> {
  await untilOffered(stage, 'resolve');
  stage.print('\n── Resolve ──');
  const view = await click(stage, responder, 'resolve');
  printView(stage, view);
  if (view === undefined) return void stage.faults.push('Resolve opened no modal.');
  await submit(stage, responder, view, { ...resolution });
  stage.replies++;
}

/** @param expected cards; undefined: as many as there was room for */
async function printThread(stage: Stage, expected: number | undefined): Promise<void> {
  const { world, print } = stage;
  const replies = (): SlackMessage[] => world.workspace.messages.filter((message) => message.thread_ts !== undefined);
  for (let step = 0; step < 20 && replies().length < stage.replies; step++) await settled(world);
  print('\n── The thread ──');
  for (const reply of replies()) print(`• ${textOfBlocks(reply.blocks).replaceAll('\n', '\n  ')}`);
  if (replies().length !== stage.replies) stage.faults.push(`The thread has ${replies().length} replies, not ${stage.replies}.`);
  const cards = world.workspace.messages.filter((message) => message.thread_ts === undefined);
  if (expected !== undefined && cards.length !== expected) stage.faults.push(`There are ${cards.length} cards, not ${expected}.`);
  if (!JSON.stringify(cards[0]?.blocks ?? []).includes('RESOLVED')) stage.faults.push('The card does not say that it is resolved.');
}
