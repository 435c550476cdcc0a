/** Holds the arrows of the house, and that what is declared is used and what is used is declared. Reads the sources as text. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { variableNames } from '../src/config.ts';
import { responses } from '../src/features/responses.ts';
import { auditCommand } from '../src/features/send-log.ts';
import { checkAction } from '../src/slack/check-view.ts';
import { commandName } from '../src/slack/command.ts';
import { freezeCommand } from '../src/slack/freeze.ts';
import { cardActions, pagingActions } from '../src/slack/listeners.ts';
import { answerActions, askAction } from '../src/slack/owner-question.ts';
import { requestActions } from '../src/slack/request-reply.ts';
import { submittedViews } from '../src/slack/responding.ts';
import { stormActions } from '../src/slack/storm-listeners.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const topLevel = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE', 'docs', 'src', 'test', 'manifest.yml', 'Dockerfile'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts', 'biome.json', 'knip.json'],
];
const read = (file: string): string => readFileSync(join(src, file), 'utf8');

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: Import[] = files.flatMap((from) =>
  [...read(from).matchAll(/^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'/gms)].map((match) => {
    const target = match[1] ?? match[2] ?? '';
    return { from, to: target.startsWith('.') ? relative(src, join(src, dirname(from), target)) : target };
  }),
);

const roomOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] as string) : file);
const rooms = new Set(files.map(roomOf));
const partsOfConfig = ['config-forms.ts', 'config-audit.ts', 'config-partitions.ts', 'config-roles.ts'];
const adapters = ['sns', 'slack', 'aws', 'db', 'ops', 'setup'];

/** Where each room may import from, besides itself. */
function mayImport(from: string, to: string): boolean {
  const room = roomOf(from);
  const target = roomOf(to);
  const isOwn = rooms.has(target);
  if (room === target && isOwn) return true;
  if (room === 'domain') return `${from} ${to}` === 'domain/digest.ts node:crypto' || `${from} ${to}` === 'domain/sign-in/network.ts node:net';
  if (room === 'features') return target === 'domain';
  if (!isOwn) return true;
  if (adapters.includes(room)) return target === 'domain' || target === 'features';
  if (room === 'sandbox') return !['slack', 'sns', 'aws', 'db', 'ops', 'features', 'domain', 'config.ts', 'responder.ts', 'main.ts'].includes(target);
  // What config.ts reads of files is a part of it; of the responses it knows the ids.
  if (room === 'config.ts') return ['domain', 'secrets.ts', ...partsOfConfig].includes(target) || to === 'features/responses.ts';
  if (partsOfConfig.includes(room)) return target === 'domain' || target === 'config-forms.ts';
  if (room === 'build-aws.ts') return ['aws', 'domain', 'config.ts'].includes(target) || to === 'features/responses.ts';
  if (room === 'build.ts') return !['sandbox', 'setup', 'responder.ts', 'main.ts', 'commands.ts'].includes(target);
  if (['commands.ts', 'audit-commands.ts'].includes(room)) return !['sandbox', 'sns', 'responder.ts', 'main.ts'].includes(target);
  if (room === 'responder.ts') return !['sandbox', 'setup', 'main.ts', 'commands.ts'].includes(target);
  return room === 'main.ts' ? target !== 'sandbox' : false;
}

describe('the house', () => {
  it('has arrows in one direction only', () => {
    const wrong = imports.filter(({ from, to }) => !mayImport(from, to)).map(({ from, to }) => `${from} → ${to}`);
    expect(wrong).toEqual([]);
  });

  it('has no cycles', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const to of next.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(cycles).toEqual([]);
  });

  it('has nothing at its top that is not named here', () => {
    const visible = readdirSync(root).filter((name) => !name.startsWith('.') && !['node_modules', 'data', 'coverage'].includes(name));
    expect(visible.filter((name) => !topLevel.includes(name))).toEqual([]);
  });

  it('has no file of more than 250 lines', () => {
    const all = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|js)$/.test(file));
    expect(all.filter((file) => read(file).trimEnd().split('\n').length > 250)).toEqual([]);
  });

  it('reads nothing out of what AWS says in slack/: that is domain/', () => {
    const readers = files.filter((file) => file.startsWith('slack/') && /\.(exec|match|matchAll)\(|JSON\.parse/.test(read(file)));
    // Its own action ids, what people type after the command, and the state of its own views.
    expect(readers.toSorted()).toEqual(['slack/listeners.ts', 'slack/status-words.ts', 'slack/view.ts']);
  });

  it('reads the environment in its two entrances only', () => {
    const readers = files.filter((file) => /process\.env\b/.test(read(file)));
    // The sandbox's bot.ts hands PATH and HOME on to its child.
    expect(readers.toSorted()).toEqual(['main.ts', 'sandbox/bot.ts', 'sandbox/server.ts']);
  });

  it('takes the time from a clock where time decides', () => {
    const users = files.filter((file) => /^(domain|features)\//.test(file) && /Date\.now|new Date\(\)/.test(read(file)));
    expect(users).toEqual([]);
  });

  it('knows hosts of the console and the partitions of ARNs in one place', () => {
    const hosts = /\bconsole\.(aws\.amazon|amazonaws)|`arn:aws/;
    // Labelled records quote what AWS writes.
    const knowers = files.filter(
      (file) => !/^(sandbox|domain\/detection\/labelled)\//.test(file) && hosts.test(read(file).replace(/^\s*(\/?\*|\/\/).*$/gm, '')),
    );
    expect(knowers).toEqual(['domain/place.ts']);
  });

  it('has tests and scripts that leave no folder behind: one function makes them, and removes them', () => {
    const tests = join(root, 'test');
    const makers = readdirSync(tests, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && /\bmkdtemp\w*\(/.test(readFileSync(join(tests, file), 'utf8')))
      .toSorted();
    expect(makers).toEqual(['support/folders.ts']);
  });

  it('escapes for Slack in one place', () => {
    const escapers = files.filter((file) => file.startsWith('slack/') && /&amp;|'mrkdwn'/.test(read(file)));
    expect(escapers).toEqual(['slack/text.ts']);
  });
});

describe('what is declared', () => {
  const manifest = parse(readFileSync(join(root, 'manifest.yml'), 'utf8')) as {
    features: { slash_commands: { command: string }[] };
    oauth_config: { scopes: { bot: string[] } };
    settings: { event_subscriptions: { bot_events: string[] } };
  };
  const slack = files
    .filter((file) => file.startsWith('slack/'))
    .map(read)
    .join('\n');

  /** Which scope each Web API method needs. Source: the methods' reference pages. */
  const scopesOf: Record<string, readonly string[]> = {
    'chat.postMessage': ['chat:write'],
    'chat.postEphemeral': ['chat:write'],
    'chat.update': ['chat:write'],
    'conversations.history': ['channels:history', 'groups:history'],
    'conversations.replies': ['channels:history', 'groups:history'],
    'chat.delete': ['chat:write'],
    'conversations.open': ['im:write'],
    'conversations.info': ['channels:read', 'groups:read'],
    'conversations.members': ['channels:read', 'groups:read'],
    'usergroups.users.list': ['usergroups:read'],
    'users.lookupByEmail': ['users:read', 'users:read.email'],
    'users.info': ['users:read'],
    'views.open': [],
    'views.push': [],
    'views.update': [],
    'views.publish': [],
    'auth.test': [],
    'apps.connections.open': [],
    'files.getUploadURLExternal': ['files:write'],
    'files.completeUploadExternal': ['files:write'],
  };

  it('in manifest.yml is used, and what is used is declared: scopes, commands, events', () => {
    const called = [...slack.matchAll(/client\.((?:[a-zA-Z]+\.)+[a-zA-Z]+)\(/g)].map((match) => match[1] as string);
    expect(called.length).toBeGreaterThan(5);
    for (const method of called) expect(Object.keys(scopesOf)).toContain(method);
    const needed = new Set(['commands', ...called.flatMap((method) => scopesOf[method] ?? [])]);
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...needed].toSorted());
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual([commandName, freezeCommand, auditCommand]);
    const events = [...slack.matchAll(/app\.event\('([^']+)'/g)].map((match) => match[1]);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(events);
  });

  it('in .env.example is what config.ts reads', () => {
    const names = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1] as string);
    expect(names.toSorted()).toEqual(variableNames.toSorted());
  });

  it('as an action id has a listener, and as a modal with a submit button too', () => {
    const ids = new Set([...slack.matchAll(/action_id: `?'?([a-z-]+)'/g)].map((match) => match[1] as string));
    const inputs = new Set([...slack.matchAll(/(?:textInput|choice|severalOf)\(\s*'([a-z-]+)'/g)].map((match) => match[1]));
    const heard = new Set<string>([
      ...cardActions(responses),
      ...requestActions,
      'more',
      ...pagingActions,
      ...stormActions,
      askAction,
      ...answerActions,
      checkAction,
    ]);
    for (const id of ids) if (!inputs.has(id)) expect(heard).toContain(id);
    const submitting = [...slack.matchAll(/callback: '([a-z-]+)'[^;]*?submit:/gs)].map((match) => match[1]);
    for (const callback of submitting) expect(submittedViews).toContain(callback);
  });
});
