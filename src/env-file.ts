/** What keeps .env, a line of it, or a variable of the process from saying anything. */
import type { DotenvConfigOutput } from 'dotenv';

type Environment = Readonly<Record<string, string | undefined>>;

/** Read by Node itself, when it starts. */
const nodes = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_USE_SYSTEM_CA', 'NODE_USE_ENV_PROXY'];

/** Undefined: it was read, or there is none. */
export function unreadFault({ error }: DotenvConfigOutput): string | undefined {
  if (error === undefined || error.code === 'ENOENT') return undefined;
  const says: Readonly<Record<string, string>> = {
    EACCES: 'may not be read by this user: let the responder’s user read it',
    EISDIR: 'is a folder: give the variables in a file, or in the environment of the process',
  };
  return `.env ${says[String(error.code)] ?? `cannot be read (${error.code ?? error.message})`}`;
}

/** @param given the environment before .env was read */
export function ineffectiveFaults({ parsed = {} }: DotenvConfigOutput, given: Environment): string[] {
  return nodes
    .filter((name) => parsed[name] !== undefined && parsed[name] !== '' && given[name] === undefined)
    .map((name) => `${name} does nothing in .env, which Node reads too late for it: set it in the environment of the process`);
}

/** Read by the AWS SDK. */
const ofOthers = ['AWS_REGION'];

/**
 * Names that are almost one of the responder's, each with the one that is meant: what is misspelt would be passed over, and its default hold.
 * @param known the names of the responder's variables
 */
export function misspelt(names: readonly string[], known: readonly string[]): { readonly name: string; readonly meant: string }[] {
  return names.flatMap((name) => {
    if (known.includes(name) || ofOthers.includes(name)) return [];
    const meant = known.find((one) => isSlip(name.toUpperCase(), one));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

export function misspeltFaults({ parsed = {} }: DotenvConfigOutput, known: readonly string[]): string[] {
  return misspelt(Object.keys(parsed), known).map(
    ({ name, meant }) => `${name} in .env is not a variable of the responder: write ${meant}, or take it out`,
  );
}

/** In a short name two letters make another word: APP_PORT is no OPS_PORT. */
const shortName = 10;

function isSlip(name: string, meant: string): boolean {
  if (meant.length >= shortName) return slips(name, meant) <= 2;
  return slips(name, meant) <= 1 || (name.length === meant.length && slips(name, meant) === 2 && isTurned(name, meant));
}

/** Whether two letters beside each other changed places, and nothing else. */
function isTurned(name: string, meant: string): boolean {
  const at = [...name].findIndex((letter, index) => letter !== meant[index]);
  return `${name.slice(0, at)}${name[at + 1]}${name[at]}${name.slice(at + 2)}` === meant;
}

/** How many letters are to be put in, taken out or replaced. */
function slips(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [index, other] of [...to].entries())
      next.push(Math.min((row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1, (row[index] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
