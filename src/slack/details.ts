/** Commands to copy, each list under the sentence that says what it is for. */
import type { KnownBlock } from '@slack/types';
import type { ToCopy } from '../domain/response/to-copy.ts';
import { lines, preformatted, words } from './text.ts';

export function commandBlocks(toCopy: readonly ToCopy[] = []): KnownBlock[] {
  return toCopy.flatMap(({ heading, commands }) => [lines([words(heading, 300)]), preformatted(commands)]);
}
