/** Runs a CloudWatch Logs filter pattern as the service does. Sources: "Filter pattern syntax" and "CloudWatch Logs quotas" (CloudWatch Logs user guide). */
import { jsonPattern } from './json-pattern.ts';
import { fieldPattern, termPattern } from './line-pattern.ts';
import { invalid } from './pattern-value.ts';

const longest = 1_024;
const mostRegexes = 2;

export interface Pattern {
  readonly matches: (line: string) => boolean;
  /** What the pattern names in the line: by selector, or by field's name. */
  readonly extract: (line: string) => Record<string, string>;
}

/** @throws AwsError (InvalidParameterException) where the service would not take the pattern */
export function readPattern(text: string): Pattern {
  if (text.length > longest)
    throw invalid(`Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to ${longest}`);
  const body = text.trim();
  const isJson = body.startsWith('{');
  if (isJson && !body.endsWith('}')) throw invalid('Invalid filter pattern: a brace is not closed');
  if ((isJson || body.startsWith('[')) && regexesIn(body) > mostRegexes)
    throw invalid(`Invalid filter pattern: more than ${mostRegexes} regular expressions`);
  if (isJson) return jsonPattern(body);
  if (body.startsWith('[') && body.endsWith(']')) return fieldPattern(body);
  return { matches: termPattern(body), extract: () => ({}) };
}

function regexesIn(body: string): number {
  const unquoted = body.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...unquoted.matchAll(/%(?:[^%\\]|\\.)*%/g)].length;
}
