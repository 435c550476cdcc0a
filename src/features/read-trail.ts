/** What somebody waits for of CloudTrail's event history: a few pages of each region, and what was not read is said. */
import { asAppError } from '../domain/error.ts';
import type { Json } from '../domain/json.ts';
import { partitionAt } from '../domain/place.ts';
import type { Ports } from '../domain/ports.ts';
import type { Look } from '../domain/sign-in/looks.ts';

const mostPages = 6;
const pauseMs = 600;
const mostRegions = 6;

export interface TrailRead {
  readonly records: readonly Json[];
  /** What was not read, as a sentence; undefined: all was. */
  readonly unread: string | undefined;
}

/** In the regions that are watched and the one where IAM's own calls are recorded. @param from milliseconds */
export async function readTrail(
  { trail, clock, settings }: Pick<Ports, 'trail' | 'clock' | 'settings'>,
  asked: Omit<Look, 'region'>,
): Promise<TrailRead> {
  const { iamRegion } = partitionAt(settings.regions[0] ?? '');
  const regions = [...new Set([iamRegion, ...settings.regions])];
  const read = await Promise.all(regions.slice(0, mostRegions).map((region) => pagesOf({ trail, clock }, { ...asked, region })));
  const left = regions.slice(mostRegions);
  const unread = [...read.flatMap((one) => one.unread ?? []), ...(left.length > 0 ? [`${left.length} regions were not asked.`] : [])];
  return { records: read.flatMap(({ records }) => records), unread: unread.length === 0 ? undefined : unread.join(' ') };
}

async function pagesOf({ trail, clock }: Pick<Ports, 'trail' | 'clock'>, look: Look): Promise<TrailRead> {
  const until = clock.now();
  const records: Json[] = [];
  let token: string | undefined;
  try {
    for (let page = 0; page < mostPages; page++) {
      // LookupEvents takes two calls a second for everybody together.
      if (page > 0) await clock.wait(pauseMs);
      const answer = await trail.page(look, until, token);
      records.push(...answer.records);
      token = answer.next;
      if (token === undefined) return { records, unread: undefined };
    }
    return { records, unread: `${look.region} has more than ${records.length} records.` };
  } catch (thrown) {
    return { records, unread: `${look.region}: ${asAppError(thrown).message}` };
  }
}
