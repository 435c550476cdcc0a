/** Where secrets would be if they leaked: all that the bot writes and says, and what is looked for in it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../src/sandbox/world.ts';

/** What each place holds, as one text. A window that shows a password once to whoever asked for it is no place. */
export async function placesOf(world: World, dataDir: string): Promise<Record<string, string>> {
  const { workspace, bot } = world;
  const file = (name: string): string => (existsSync(join(dataDir, name)) ? readFileSync(join(dataDir, name)).toString('latin1') : '');
  const page = async (path: string): Promise<string> => (await fetch(`${bot.listening.opsUrl}${path}`)).text();
  return {
    log: world.log.join('\n'),
    database: ['responder.db', 'responder.db-wal'].map(file).join('\n'),
    metrics: await page('/metrics'),
    health: await page('/readyz'),
    messages: JSON.stringify(workspace.messages),
    ephemerals: JSON.stringify(workspace.ephemerals),
    windows: JSON.stringify(workspace.views.filter(({ view }) => view.callback_id !== 'revealed')),
    'calls to Slack': JSON.stringify(workspace.requests.filter(({ args }) => !JSON.stringify(args).includes('"revealed"'))),
  };
}

/** As it stands, and as it would stand in an address, a header or a dump. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('-', ''),
    bytes.toString('base64'),
    bytes.toString('hex'),
  ];
}

/** The places in which any of the secrets is found, in any spelling. */
export function leaksIn(places: Readonly<Record<string, string>>, secrets: readonly string[]): string[] {
  const looked = secrets.flatMap(spellingsOf);
  return Object.entries(places).flatMap(([place, text]) => (looked.some((one) => text.includes(one)) ? [place] : []));
}
