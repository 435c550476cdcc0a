/** Which anchors of a bucket count: whoever may put objects there may put some that the responder never made. */
import { type Anchor, type AnchorDoubt, anchorDoubt } from '../domain/audit/anchor.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import type { AuditLog } from '../domain/audit/log.ts';

const perPage = 1_000;

interface Believed {
  readonly believed: readonly Anchor[];
  /** Their numbers, with why they do not count. */
  readonly doubted: readonly { readonly id: number; readonly why: AnchorDoubt }[];
}

/** @param anchors as the bucket has them */
export async function believedAnchors(log: Pick<AuditLog, 'anchors'>, anchors: readonly Anchor[], keys: AuditKeys): Promise<Believed> {
  const firstSigned = keys.length > 0 && anchors.some(({ key }) => key === undefined) ? await firstSignedIn(log) : undefined;
  const judged = anchors.map((anchor) => ({ anchor, why: anchorDoubt(anchor, keys, firstSigned) }));
  return {
    believed: judged.flatMap(({ anchor, why }) => (why === undefined ? [anchor] : [])),
    doubted: judged.flatMap(({ anchor: { id }, why }) => (why === undefined ? [] : [{ id, why }])),
  };
}

async function firstSignedIn(log: Pick<AuditLog, 'anchors'>): Promise<number | undefined> {
  let read = 0;
  for (let page = await log.anchors(0, perPage); page.length > 0; page = await log.anchors(read, perPage)) {
    const signed = page.find(({ key }) => key !== undefined);
    if (signed !== undefined) return signed.id;
    read = page.at(-1)?.id ?? read;
  }
  return undefined;
}

const reasons: Readonly<Record<AnchorDoubt, string>> = {
  unsigned: 'is not signed, though the database’s are',
  'unknown-key': 'names a key that is not in AUDIT_KEY',
  changed: 'is not what its key signs',
};
const named = 5;

/** In words; undefined: all count. */
export function doubtText(doubted: Believed['doubted']): string | undefined {
  if (doubted.length === 0) return undefined;
  const some = doubted.slice(0, named).map(({ id, why }) => `one of number ${id} ${reasons[why]}`);
  const more = doubted.length > named ? `, and ${doubted.length - named} more` : '';
  return `Not counted, for the responder did not make them with these keys: ${some.join(', ')}${more}. Find out who else may put objects into the bucket.`;
}
