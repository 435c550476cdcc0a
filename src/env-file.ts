/** What keeps .env, or a line of it, from saying anything. */
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
