/**
 * What of an incident is no entry (its row, its responses and requests) is sealed on its chain: whoever changes a row has to change the
 * seal as well, and under a key cannot. A row's seal names its revision, so that an older row is not taken for the newest.
 */
import { sha256 } from '../digest.ts';
import { type AuditKeys, signed } from './keys.ts';

/** The columns of an incident's row that a seal covers. */
export interface StateRow {
  readonly id: number;
  readonly revision: number;
  readonly key: string;
  readonly status: string;
  readonly severity: number;
  readonly body: string;
}

/** The seals of a chain; undefined: an older version wrote it last, or nothing is there to seal. */
export interface Seals {
  readonly revision: number | undefined;
  readonly state: string | undefined;
  readonly kept: string | undefined;
}

/** @param row undefined: the incident has none */
export function stateCovers(incident: number, row: StateRow | undefined): string {
  if (row === undefined) return `state ${incident}\nnone`;
  const { revision, key, status, severity, body } = row;
  return ['state', incident, revision, status, severity, key.length, key, body].join('\n');
}

/** @param rows responses and requests, each as its columns, in the order of their numbers */
export function keptCovers(incident: number, rows: { readonly responses: readonly unknown[]; readonly requests: readonly unknown[] }): string {
  return `kept ${incident}\n${JSON.stringify([rows.responses, rows.requests])}`;
}

/** What covers an incident without responses and requests. */
export function nothingKept(incident: number): string {
  return keptCovers(incident, { responses: [], requests: [] });
}

/** The key's id and the HMAC of what is covered, or without a key its hash alone. */
export function sealOf(covered: string, [key]: AuditKeys): string {
  const digest = sha256(covered);
  return key === undefined ? `:${digest}` : `${key.id}:${signed(digest, key)}`;
}

/** Of a chain that is signed from now on: what its seals covered without a key is covered under it. */
export function signedSeals({ revision, state, kept }: Seals, keys: AuditKeys): Seals {
  const under = (sealed: string | undefined): string | undefined => {
    const [key] = keys;
    return sealed === undefined || key === undefined || !sealed.startsWith(':') ? sealed : `${key.id}:${signed(sealed.slice(1), key)}`;
  };
  return { revision, state: under(state), kept: under(kept) };
}

/** Whether two seals are of the same: one may be from before the first key, and the other of what it covered, under the key. */
export function isSameSeal(older: string, newer: string, keys: AuditKeys): boolean {
  const key = keys.find(({ id }) => newer.startsWith(`${id}:`));
  return older === newer || (key !== undefined && signedSeals({ revision: undefined, state: older, kept: undefined }, [key]).state === newer);
}

/** `unsigned`: it has no key, though the chain is signed; `changed`: it does not fit what it should cover. */
export type SealFault = 'changed' | 'unsigned' | 'unknown-key';

/** @param isSigned whether the chain was signed by then */
export function sealFault(covered: string, sealed: string, { keys, isSigned }: { keys: AuditKeys; isSigned: boolean }): SealFault | undefined {
  const id = sealed.slice(0, sealed.indexOf(':'));
  if (id === '') return isSigned ? 'unsigned' : sealed === sealOf(covered, []) ? undefined : 'changed';
  const key = keys.find((one) => one.id === id);
  if (key === undefined) return 'unknown-key';
  return sealed === sealOf(covered, [key]) ? undefined : 'changed';
}
