import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Real AWS messages, kept beside the project and not in it. A test that wants them skips, visibly, where they are absent. */
const home = fileURLToPath(new URL('../../../shared/samples/', import.meta.url));

export const samplesExist = existsSync(home);

export function samplesIn(folder: string): { name: string; text: string }[] {
  if (!samplesExist) return [];
  const files = readdirSync(join(home, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /\.(json|pem)$/.test(file)).map((name) => ({ name, text: readFileSync(join(home, folder, name), 'utf8') }));
}
