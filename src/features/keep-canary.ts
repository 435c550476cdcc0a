import { type Canary, type CanaryAlarm, type CanaryStep, canaryEveryMs, canaryReason, canaryStep, chainCut } from '../domain/canary.ts';
import { asAppError } from '../domain/error.ts';
import { resolve } from '../domain/incident/incident.ts';
import { keyOf, meaningOf } from '../domain/incident/triage.ts';
import type { Ports } from '../domain/ports.ts';
import type { Notice } from '../domain/signal/notice.ts';
import type { Tx } from '../domain/store.ts';
import { canaryChore, canaryFacts } from './note-canary.ts';
import { openByItself } from './receive-signals.ts';

const retryMs = 60_000;
/** The bot, which has no user id in Slack. */
const itself = { id: '', name: 'Sign-in Responder' };

/** Has the canary set off an hour from now, unless it is known from before when. */
export async function beginCanary({ canary, store, clock }: Ports): Promise<void> {
  if (canary !== undefined) await store.transact((tx) => tx.schedule([canaryChore], clock.now() + canaryEveryMs));
}

/** Whether it is told that what CloudWatch says does not come through, and not over. */
export async function isChainCut({ canary, store, settings }: Pick<Ports, 'canary' | 'store' | 'settings'>): Promise<boolean> {
  if (canary === undefined) return false;
  const open = await store.openOf([keyOfCut(chainCut(canary.arn, 0, 0), settings)]);
  return open.length > 0;
}

function keyOfCut(notice: Notice, settings: Ports['settings']): string {
  return keyOf(notice, meaningOf(notice, undefined, settings));
}

/** The chore `canary`: sets it off, looks whether it came back, and tells when it did not, or does again. */
export async function keepCanary(ports: Ports): Promise<number | undefined> {
  const { canary, clock } = ports;
  if (canary === undefined) return undefined;
  const now = clock.now();
  const step = canaryStep(await lastOf(ports), await isChainCut(ports), now);
  switch (step.do) {
    case 'wait':
      return step.until;
    case 'set-off':
      return (await setOff(ports, canary, step)) ? now : now + retryMs;
    case 'tell-cut': {
      const notice = chainCut(canary.arn, step.sentAt, now);
      await ports.store.transact((tx) => tellCut(ports, tx, notice));
      return now;
    }
    case 'tell-whole':
      await ports.store.transact((tx) => tellWhole(ports, tx, chainCut(canary.arn, 0, now)));
      ports.wake();
      return now;
  }
}

async function lastOf({ store }: Ports): Promise<Canary> {
  const { facts } = await store.delivery();
  const factOf = (name: string): number | undefined => (facts.has(name) ? Number(facts.get(name)?.value) : undefined);
  const sentAt = factOf(canaryFacts.sent);
  return { sentAt, backOf: factOf(canaryFacts.back), isRepeated: sentAt !== undefined && sentAt === factOf(canaryFacts.repeated) };
}

/** What cannot be set off proves nothing of the chain: that is told as a trouble of its own. False: try again. */
async function setOff({ store, clock, log, report, metrics }: Ports, canary: CanaryAlarm, { isRepeated }: Extract<CanaryStep, { do: 'set-off' }>) {
  const sentAt = clock.now();
  await store.remember(canaryFacts.next, String(sentAt), sentAt);
  try {
    await canary.setOff(canaryReason(sentAt));
  } catch (thrown) {
    const error = asAppError(thrown);
    metrics.count('canaries', 'not set off');
    log.warn({ err: error }, 'canary not set off');
    report('canary', `CANARY_ALARM cannot be set off, so nobody knows whether alarms come through. ${error.message}`);
    return false;
  }
  metrics.count('canaries', 'set off');
  report('canary', undefined);
  if (isRepeated) await store.remember(canaryFacts.repeated, String(sentAt), sentAt);
  await store.remember(canaryFacts.sent, String(sentAt), sentAt);
  return true;
}

async function tellCut({ settings, metrics, clock }: Ports, tx: Tx, notice: Notice): Promise<void> {
  const key = keyOfCut(notice, settings);
  await tx.lock([key]);
  const known = (await tx.newest([key])).get(key);
  if (known !== undefined && known.resolved === undefined) return;
  metrics.count('canaries', 'lost');
  await openByItself(tx, { notice, meaning: meaningOf(notice, undefined, settings), newest: known }, clock.now());
}

async function tellWhole({ settings, clock }: Ports, tx: Tx, notice: Notice): Promise<void> {
  const key = keyOfCut(notice, settings);
  await tx.lock([key]);
  const incident = (await tx.newest([key])).get(key);
  if (incident === undefined) return;
  const now = clock.now();
  const note = 'A canary came back. What alarms said meanwhile may not have come: look at those that are in ALARM.';
  const ended = resolve(incident, itself, now, 'unknown', note);
  if (!ended.ok) return;
  await tx.append([{ incident: incident.id, at: now, kind: 'note', reply: 'quiet', body: { what: 'chain-whole', text: note } }]);
  await tx.save([{ incident: ended.incident, due: 'now' }], now);
}
