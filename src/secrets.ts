/** Secrets of the configuration: from the environment, or each from a file of its own, as secret stores mount them. */
import { readFileSync } from 'node:fs';

/** Variables that hold a secret. Each may be given as NAME_FILE instead: the path of a file that holds it. */
const secretNames = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'DATABASE_URL', 'HEARTBEAT_URL', 'AUDIT_KEY'] as const;
export const secretFileNames: readonly string[] = secretNames.map((name) => `${name}_FILE`);

type Environment = Readonly<Record<string, string>>;

/** @returns the environment with what the files hold; `faults` by variable, each with its fix */
export function withSecretFiles(env: Environment): { readonly env: Environment; readonly faults: ReadonlyMap<string, string> } {
  const faults = new Map<string, string>();
  const read: Record<string, string> = {};
  for (const name of secretNames) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    if (env[name] !== undefined) faults.set(name, `and ${name}_FILE are both set: leave one out`);
    else {
      const content = contentOf(path);
      if ('fault' in content) faults.set(name, `cannot be read from ${name}_FILE: ${path} ${content.fault}`);
      else read[name] = content.text;
    }
  }
  return { env: { ...env, ...read }, faults };
}

function contentOf(path: string): { readonly text: string } | { readonly fault: string } {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? { fault: 'is empty' } : { text };
  } catch (thrown) {
    const says: Readonly<Record<string, string>> = { ENOENT: 'does not exist', EACCES: 'may not be read by this user', EISDIR: 'is a folder' };
    const code = String((thrown as { code?: unknown }).code);
    return { fault: says[code] ?? `gives ${code}` };
  }
}

const encrypted = new Set(['require', 'verify-ca', 'verify-full', 'no-verify']);

/** Why a database URL is refused: what it says of itself, or that its password and all incidents would cross a network as they are. */
export function databaseUrlFault(url: string): string | undefined {
  if (url.startsWith('file:') && url.length > 'file:'.length) return undefined;
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) return 'must be file:PATH or postgres://…';
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  const isHere = host === '' || host.startsWith('/') || /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
  const mode = searchParams.get('sslmode') ?? '';
  const isAskedFor = mode === 'disable' || encrypted.has(mode) || searchParams.get('ssl') === 'true';
  return isHere || isAskedFor
    ? undefined
    : `would send its password and all incidents to ${host} without TLS: add ?sslmode=verify-full, or sslmode=disable where the network itself is trusted`;
}
