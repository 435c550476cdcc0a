/** Commands that people copy, each list under the sentence that says what it is for. */
import { asList, asObject, type Json } from '../json.ts';

export interface ToCopy {
  readonly heading: string;
  readonly commands: readonly string[];
}

/** Of what did not stop it, where there is a command for it. */
export function toStop(commands: readonly string[]): ToCopy[] {
  return commands.length === 0 ? [] : [{ heading: 'To stop these, by hand:', commands }];
}

interface Detailed {
  readonly details?: readonly string[];
  readonly toCopy?: readonly ToCopy[];
}

/** All that an outcome says beside its text, as lines. */
export function detailLines({ details = [], toCopy = [] }: Detailed): string[] {
  return [...details, ...toCopy.flatMap(({ heading, commands }) => [heading, ...commands])];
}

/** As `detailLines`, of an entry that may not be what was written. */
export function detailsIn({ details, toCopy }: Json): unknown[] {
  const copied = asList(toCopy).map(asObject);
  return [...asList(details), ...copied.flatMap(({ heading, commands }) => [heading, ...asList(commands)])];
}
