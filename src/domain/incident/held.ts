/** What a signal's message holds beside what its entry says in a sentence: kept with the entry, to be read whole. */
import { attributeWords, type LogLines, silenceWords } from '../alarm/kept.ts';
import { printed } from '../json.ts';
import type { Signal } from '../signal/signal.ts';
import type { EntryBody } from './timeline.ts';

/** SNS takes no message above 256 KB; of one value this much is kept. */
const longestDetail = 20_000;

export function heldBy(signal: Signal): Pick<EntryBody, 'details' | 'whole'> {
  if (signal.kind === 'notice') return signal.text === signal.title ? {} : { whole: signal.text };
  if (signal.kind === 'sign-in') return {};
  const { silence, attributes, lines } = signal.kept;
  const details = [
    ...(silence === undefined ? [] : [silenceWords(silence)]),
    ...(attributes === undefined ? [] : [`Contributor: ${attributeWords(attributes)}`]),
    ...(lines === undefined ? [] : [lineWords(lines)]),
    ...Object.entries(signal.extra).map(([key, value]) => `${key}: ${printed(value) ?? '(too deep to be shown)'}`),
  ];
  return details.length === 0 ? {} : { details: details.map((detail) => detail.slice(0, longestDetail).toWellFormed()) };
}

/** A log line that is no CloudTrail record is anybody's text and may hold anybody's secret: it stays in the log. */
function lineWords({ records, others }: LogLines): string {
  const named = records.slice(0, 10).map(({ eventName, eventID }) => `${String(eventName)}${typeof eventID === 'string' ? ` (${eventID})` : ''}`);
  const events =
    records.length === 0 ? '' : ` ${records.length} are CloudTrail events: ${named.join(', ')}${records.length > 10 ? ' and more' : ''}.`;
  const unshown = others === 0 ? '' : ` ${others} of them ${others === 1 ? 'is' : 'are'} no CloudTrail event and not shown here.`;
  return `Its message holds ${records.length + others} log lines.${events}${unshown}`;
}
