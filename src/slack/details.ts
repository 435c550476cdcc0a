/** The details of an outcome: sentences, and commands to copy under the sentence that says what they are for. */
import type { KnownBlock } from '@slack/types';
import { lines, preformatted, words } from './text.ts';

export interface Details {
  readonly prose: readonly string[];
  readonly commands: readonly { readonly heading: string; readonly rows: readonly string[] }[];
}

const plainHeading = 'To stop these, by hand:';

/** A sentence that ends with a colon heads the commands after it. */
export function detailsOf(details: readonly string[]): Details {
  const prose: string[] = [];
  const commands: { heading: string; rows: string[] }[] = [];
  for (const [index, line] of details.entries()) {
    const isCommand = line.startsWith('aws ');
    if (isCommand && details[index - 1]?.startsWith('aws ')) commands.at(-1)?.rows.push(line);
    else if (isCommand) commands.push({ heading: details[index - 1]?.endsWith(':') ? (prose.pop() ?? plainHeading) : plainHeading, rows: [line] });
    else prose.push(line);
  }
  return { prose, commands };
}

export function commandBlocks({ commands }: Details): KnownBlock[] {
  return commands.flatMap(({ heading, rows }) => [lines([words(heading, 300)]), preformatted(rows)]);
}
