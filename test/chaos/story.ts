/** What happens to the responder in a trial: signals from SNS, which sends again what was not answered; and people, who press once. */

import type { Ports } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { give } from '../../src/features/give-response.ts';
import { prepare } from '../../src/features/prepare-response.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import type { Clicker } from '../../src/features/respond.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { consoleLogin } from '../support/records.ts';
import { alarmText, people, prod, topic } from '../support/sandbox.ts';
import type { ChaosWorld } from './world.ts';

const dana: Clicker = { id: people.dana, name: 'dana.fox', home: { team: 'T01SANDBOX', organisation: undefined } };
const bob: Clicker = { id: people.bob, name: 'bob.ek', home: { team: 'T01SANDBOX', organisation: undefined } };
/** SNS waits so long for an answer. */
const patienceMs = 15_000;
const retryMs = 1_000;

/** Undefined: the process died, gave no answer in time, or did not take it. */
async function ask<T>(world: ChaosWorld, work: (ports: Ports) => Promise<T>): Promise<T | undefined> {
  const { life, ports } = world.process();
  const late = new AbortController();
  const answered = Promise.race([work(ports).catch(() => undefined), life.over, world.time.clock().wait(patienceMs, late.signal)]);
  return (await answered.finally(() => late.abort())) as T | undefined;
}

/** Sent until it is answered. */
async function deliver(world: ChaosWorld, messageId: string, content: object): Promise<void> {
  const message = { topicArn: topic, messageId, subject: undefined, publishedAt: world.time.now(), message: JSON.stringify(content) };
  const signals = understand(message);
  for (;;) {
    if (await ask(world, async (ports) => receiveSignals(ports, [{ message, signals }]).then(() => true))) return;
    await world.time.clock().wait(retryMs);
  }
}

/** Waits for so many cards. */
async function cards(world: ChaosWorld, count: number): Promise<void> {
  while (world.slack.messages().filter(({ thread_ts }) => thread_ts === undefined).length < count) await world.time.clock().wait(500);
}

function signIn(world: ChaosWorld): object {
  const identity = { type: 'IAMUser', arn: `arn:aws:iam::${prod}:user/alice`, accountId: prod, userName: 'alice' };
  const at = { eventTime: new Date(world.time.now()).toISOString(), recipientAccountId: prod };
  const detail = consoleLogin(identity, 'Success', 'No', at);
  return {
    'detail-type': 'AWS Console Sign In via CloudTrail',
    source: 'aws.signin',
    account: prod,
    region: 'us-east-1',
    time: at.eventTime,
    detail,
  };
}

async function lockOutAlice(ports: Ports): Promise<void> {
  const world = { ports, responses };
  const asked = { clicker: bob, incident: 2, response: lockOut, target: { kind: 'iam-user' as const, account: prod, name: 'alice' } };
  const answer = await prepare(world, asked);
  if (!answer.ok) return;
  const { plan, seen } = answer.prepared;
  const given = await give(world, asked, { facts: plan.facts, answers: {}, why: 'likely takeover', seen });
  if (given.is === 'begun') await given.finish(async () => 'closed');
}

export const alarmChanges = 3;

/** An alarm and a sign-in come, both are acknowledged, the user is locked out, the alarm goes and comes back. */
export async function story(world: ChaosWorld): Promise<void> {
  const at = world.time.now();
  const alarm = (id: number, state: 'ALARM' | 'OK') => deliver(world, `m${id}`, alarmText('Failures', state, at + id * 1_000));
  await alarm(1, 'ALARM');
  // Then nobody else waits for Slack, and the next card is claimed by the commit that opens its incident.
  await cards(world, 1);
  await deliver(world, 's1', signIn(world));
  await cards(world, 2);
  const acknowledged = (incident: number) => ask(world, (ports) => transition(ports, dana, { response: acknowledge, incident, answers: {} }));
  await acknowledged(1);
  await ask(world, lockOutAlice);
  await alarm(2, 'OK');
  await acknowledged(2);
  await alarm(3, 'ALARM');
  await settled(world);
}

/** Until Slack shows all, and nothing that somebody began is without its end. */
export async function settled(world: ChaosWorld): Promise<void> {
  const { db } = world.database;
  const clock = world.time.clock();
  for (;;) {
    await clock.wait(1_000);
    const late = await db.selectFrom('incidents').select('id').where('late_since', 'is not', null).executeTakeFirst();
    const pending = await db.selectFrom('responses').select('seq').where('result', 'is', null).executeTakeFirst();
    if (late === undefined && pending === undefined) return;
  }
}
