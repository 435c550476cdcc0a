/** Writes down, where whoever writes to the database cannot reach it, what all chains are: once an hour, by one replica. */
import type { Anchor } from '../domain/audit/anchor.ts';
import type { Ports } from '../domain/ports.ts';

const everyMs = 60 * 60_000;
/** So many chains at most are covered by one anchor: who clicks meanwhile waits for one transaction, of a few milliseconds. */
const chainsPerAnchor = 200;
/** Of an older version, once. */
const sealedAtOnce = 100;

/** @returns the newest anchor; undefined: it is not time yet, another replica does it, or no chain moved on */
export async function anchorLog({ store, clock, log }: Pick<Ports, 'store' | 'clock' | 'log'>): Promise<Anchor | undefined> {
  const at = clock.now();
  if (!(await store.transact((tx) => tx.first('anchor', at, everyMs)))) return undefined;
  while ((await store.transact((tx) => tx.sealOld(sealedAtOnce))) > 0);
  let newest: Anchor | undefined;
  for (;;) {
    const anchor = await store.transact((tx) => tx.anchor(at, chainsPerAnchor));
    if (anchor === undefined) break;
    newest = anchor;
  }
  if (newest === undefined) return undefined;
  const { id, root, key } = newest;
  log.info({ anchor: id, root, key, at: new Date(at).toISOString() }, 'log anchored');
  return newest;
}
