/** What a command is called with. What is not known is never passed over: a word that is misspelt would do something else than was meant. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

interface Called<T extends Options> {
  readonly options: T;
  readonly allowPositionals?: boolean;
  /** How it is called. */
  readonly usage: string;
}

interface Read<T extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>['values'];
  readonly positionals: readonly string[];
}

/** Ends the process with 2 where a word is not known or a value is missing. */
export function readArguments<const T extends Options>(args: readonly string[], { options, usage, allowPositionals = false }: Called<T>): Read<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals });
  } catch (thrown) {
    // Node adds how a word with a dash is passed on, which nothing here takes.
    return wrongCall(`${(thrown as Error).message.split('. ')[0]}.`, usage);
  }
}

/** @param text as it was given for the option, 1 or more */
export function wholeNumber(name: string, text: string, usage: string): number {
  const number = Number(text);
  return /^\d+$/.test(text) && number > 0 && Number.isSafeInteger(number) ? number : wrongCall(`--${name} "${text}" is no whole number.`, usage);
}

/** Says what is wrong and how to call it, and ends the process with 2. */
export function wrongCall(what: string, usage: string): never {
  process.stderr.write(`${what}\nUsage: ${usage}\n`);
  process.exit(2);
}
