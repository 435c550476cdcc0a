/** Details of outcomes that older versions stored: commands stood among the sentences, and were told from them by how they begin. */
import type { Json } from '../json.ts';
import { type ToCopy, toStop } from '../response/to-copy.ts';

/** As those versions wrote them, whatever is written now. */
const isCommand = (line: string | undefined): boolean => line?.startsWith('aws ') ?? false;
const isHeading = (line: string | undefined): boolean => line?.endsWith(':') ?? false;

/** A sentence that ends with a colon headed the commands after it. */
export function withoutCommands(older: Json): Json {
  const { details, phase, ...rest } = older;
  if (phase !== 'outcome' || !Array.isArray(details)) return older;
  const lines = details.map(String);
  const sentences: string[] = [];
  const toCopy: ToCopy[] = [];
  for (let at = 0; at < lines.length; ) {
    const end = endOfCommands(lines, at);
    const commands = lines.slice(at, end);
    if (commands.length === 0) sentences.push(lines[at] as string);
    else if (at > 0 && isHeading(lines[at - 1])) toCopy.push({ heading: sentences.pop() as string, commands });
    else toCopy.push(...toStop(commands));
    at = Math.max(end, at + 1);
  }
  return { ...rest, phase, ...(sentences.length > 0 ? { details: sentences } : {}), ...(toCopy.length > 0 ? { toCopy } : {}) };
}

function endOfCommands(lines: readonly string[], from: number): number {
  const end = lines.findIndex((line, index) => index >= from && !isCommand(line));
  return end < 0 ? lines.length : end;
}
