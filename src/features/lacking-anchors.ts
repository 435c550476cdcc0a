/** Which anchors of the database a bucket does not have. */
import type { AuditLog } from '../domain/audit/log.ts';

const perPage = 1_000;

/**
 * In words; undefined: it has them all. Whoever writes to the database can also write there that all were put.
 * @param ids of those that the bucket has
 */
export async function lackingText(log: Pick<AuditLog, 'anchors'>, ids: ReadonlySet<number>): Promise<string | undefined> {
  let [count, first, last, read] = [0, 0, 0, 0];
  for (let page = await log.anchors(0, perPage); page.length > 0; page = await log.anchors(read, perPage)) {
    for (const { id } of page.filter((anchor) => !ids.has(anchor.id))) [count, first, last] = [count + 1, count === 0 ? id : first, id];
    read = page.at(-1)?.id ?? read;
  }
  if (count === 0) return undefined;
  const which = count === 1 ? `anchor ${first}` : `${count} anchors, from ${first} to ${last}`;
  return `It does not have ${which} of the database: not put yet, for which /signin-status and the process’s log have a reason where it is more than an hour ago, or kept from being put.`;
}
