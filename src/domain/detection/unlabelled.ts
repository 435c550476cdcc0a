/**
 * What a pattern counts that no labelled record is of: a filter on StopLogging and twenty other calls is not about StopLogging. Events are
 * told by their names; what else the pattern asks for is supposed to hold, but for what only sign-ins have.
 */
import type { Pattern, Term } from '../alarm/filter-pattern.ts';
import { runPattern, runTerm } from '../alarm/run-pattern.ts';
import { labelledRecords } from './labelled/records.ts';
import { isClosed, isOfEvent, isPositive, pathText, termsOf, valueText } from './terms.ts';

/** Names of events, as the pattern has them: `CreateUser`, `Delete*`. */
export function unlabelledEvents(pattern: Pattern): string[] {
  const named = termsOf(pattern).filter((term) => pathText(term) === 'eventName' && isPositive(term) && reachesBeyond(term));
  return [...new Set(named.filter((term) => runPattern(pattern, term, holdsFor)).map(valueText))];
}

/** Whether it asks for names that no labelled record has: by another name, or by a wildcard. */
function reachesBeyond(term: Term): boolean {
  const text = valueText(term);
  const isOpen = text.includes('*') || text.startsWith('%');
  return isOpen || !labelledRecords.some(({ record }) => runTerm(term, record));
}

/** What a term says of an event that another term names. */
function holdsFor(term: Term, event: Term): boolean {
  if (!isOfEvent(term) || !isPositive(term)) return !isClosed(term) || pathText(term) === 'userIdentity.type';
  return pathText(term) === 'eventName' ? term === event || valueText(term) === valueText(event) : true;
}
