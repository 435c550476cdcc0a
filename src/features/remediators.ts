/** Who is a remediator since when: who joins after the bot first knew them does not approve at once. Each change is an entry, and rings. */
import { withNotice } from '../domain/incident/notice-of-incident.ts';
import { keyOf, meaningOf } from '../domain/incident/triage.ts';
import { parseObject } from '../domain/json.ts';
import type { Ports } from '../domain/ports.ts';
import { changedRemediators, changedText, type Known, type Reading, remediatorsNotice, type Since } from '../domain/response/remediators.ts';
import type { Tx } from '../domain/store.ts';
import { openByItself } from './receive-signals.ts';

const fact = 'remediators';

function knownIn(stored: string | undefined): Known | undefined {
  const known = parseObject(stored ?? '') as Known | Since | undefined;
  if (known === undefined || isKnown(known)) return known;
  // As an older version wrote it.
  return { since: known, at: 0, from: '', begunAt: 0 };
}

function isKnown(known: Known | Since): known is Known {
  return typeof known.since === 'object';
}

/** Since when somebody is a remediator; undefined: since the first reading; `not-known`: not all of them could be read since. */
export async function sinceWhen(tx: Tx, id: string): Promise<number | 'not-known' | undefined> {
  const since = knownIn(await tx.fact(fact))?.since;
  if (since === undefined || !Object.hasOwn(since, id)) return 'not-known';
  return since[id] === 0 ? undefined : since[id];
}

type RemediatorPorts = Pick<Ports, 'store' | 'clock' | 'log' | 'settings' | 'people' | 'wake'>;

/** Compares with what was known. @param reading undefined: not all of them could be read */
export async function noteRemediators({ store, clock, log, settings, people, wake }: RemediatorPorts, reading: Reading | undefined) {
  if (reading === undefined) return;
  const news = changedRemediators(knownIn(await store.fact(fact)), reading, clock.now());
  if (news === undefined) return;
  const concerned = [...news.joined, ...news.left].slice(0, 20);
  const names = new Map(await Promise.all(concerned.map(async (id) => [id, await people.nameOf(id)] as const)));
  const text = await store.transact(async (tx) => {
    const key = keyOfNews(settings);
    await tx.lock(['log', ...(key === undefined ? [] : [key])]);
    const now = clock.now();
    const changed = changedRemediators(knownIn(await tx.fact(fact)), reading, now);
    if (changed === undefined) return undefined;
    await tx.note(fact, JSON.stringify(changed.known), now);
    if (changed.joined.length + changed.left.length === 0) return undefined;
    const said = changedText(changed, names);
    await tell(tx, settings, { text: said, now });
    return said;
  });
  if (text === undefined) return;
  log.warn({ joined: news.joined, left: news.left }, 'the remediators changed');
  wake();
}

/** Undefined: no topic stands for the responder's place. */
function keyOfNews(settings: Ports['settings']): string | undefined {
  const [topicArn] = settings.topicArns;
  if (topicArn === undefined) return undefined;
  const notice = remediatorsNotice('', topicArn, 0);
  return keyOf(notice, meaningOf(notice, undefined, settings));
}

interface News {
  readonly text: string;
  readonly now: number;
}

/** One card for all such news that nobody has resolved, and a loud reply for each. */
async function tell(tx: Tx, settings: Ports['settings'], { text, now }: News): Promise<void> {
  const [topicArn] = settings.topicArns;
  const body = { what: 'remediators-changed', text };
  if (topicArn === undefined) {
    await tx.append([{ incident: 0, at: now, kind: 'note', reply: 'none', body }]);
    return;
  }
  const notice = remediatorsNotice(text, topicArn, now);
  const meaning = meaningOf(notice, undefined, settings);
  const key = keyOf(notice, meaning);
  const newest = (await tx.newest([key])).get(key);
  if (newest === undefined || newest.resolved !== undefined) await openByItself(tx, { notice, meaning, newest }, now);
  const incident = (await tx.newest([key])).get(key);
  if (incident === undefined) return;
  await tx.append([{ incident: incident.id, at: now, kind: 'note', reply: 'loud', body }]);
  await tx.save([{ incident: { ...withNotice(incident, notice), status: 'open' }, due: 'now' }], now);
}
