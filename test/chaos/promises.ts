/** What has to hold once a random story is over and nothing goes wrong any more. */
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block, SlackMessage } from '../../src/sandbox/slack/workspace.ts';
import { channel, people } from '../support/sandbox.ts';
import { pass, rows, type Told } from './told.ts';

const lateMs = 300_000;

interface IncidentRow {
  readonly id: number;
  readonly status: string;
  readonly folded: number;
  readonly storm: number | null;
  readonly due_at: number | null;
}

/** What is due for more than five minutes, and what is under way for so long. */
export function stalled({ world, file }: Told): string[] {
  const late = world.clock.now() - lateMs;
  const incidents = rows(file, `select id, due_at, late_since from incidents where due_at < ${late} or late_since < ${late}`);
  const responses = rows(file, `select incident, seq from responses where due_at < ${late} or (result is null and started_at < ${late})`);
  const others = ['chores', 'trail_looks', 'sweeps', 'requests', 'storms'].map((table) =>
    rows(file, `select * from ${table} where due_at < ${late}`),
  );
  return [incidents, responses, ...others].flat().map((row) => `due for five minutes: ${JSON.stringify(row)}`);
}

export async function brokenPromises(told: Told): Promise<string[]> {
  const { world, file } = told;
  const incidents = rows<IncidentRow>(file, 'select id, status, folded, storm, due_at from incidents');
  const shown = world.workspace.messages.filter((message) => !message.deleted && message.channel === channel);
  return [
    ...stalled(told),
    ...inSlack(told, incidents, shown),
    ...headlines(incidents, shown),
    ...missedAlarms(told),
    ...tooManyPages(told),
    ...(await loudWhenQuiet(told)),
    ...(await wrongStatus(told)),
  ];
}

function keyOf({ metadata }: SlackMessage): string {
  return String(metadata?.event_payload.key ?? '');
}

function keysOf(message: SlackMessage): string[] {
  const others = String(message.metadata?.event_payload.also ?? '').split(' ');
  return [keyOf(message), ...others.filter((one) => one !== '').map((one) => `${keyOf(message).split('/')[0]}/${one.split(':')[0]}`)];
}

/** Each card and each reply is there once. What waits in a storm has neither, and what ended there never gets them. */
function inSlack({ file }: Told, incidents: readonly IncidentRow[], shown: readonly SlackMessage[]): string[] {
  const keys = shown.flatMap(keysOf).filter((key) => key.startsWith('SIN-'));
  const doubled = keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key} is there twice`);
  const there = new Set(keys);
  const isOver = ({ status }: IncidentRow): boolean => status === 'resolved' || status === 'merged';
  const without = incidents.filter(({ id }) => !there.has(`SIN-${id}/card`));
  const lost = without.filter((one) => one.folded === 0 && one.due_at === null && !(one.storm !== null && isOver(one)));
  const withCard = new Set(incidents.filter((one) => !without.includes(one)).map(({ id }) => id));
  const replies = rows<{ incident: number; seq: number }>(file, "select incident, seq from entries where reply <> 'none' and in_thread = 1");
  const missing = replies.filter(({ incident, seq }) => withCard.has(incident) && !there.has(`SIN-${incident}/${seq}`));
  return [
    ...doubled,
    ...lost.map(({ id }) => `SIN-${id} has no card`),
    ...incidents.filter(({ id, folded }) => folded === 1 && withCard.has(id)).map(({ id }) => `SIN-${id} waits in a storm and has a card`),
    ...missing.map(({ incident, seq }) => `SIN-${incident}/${seq} has no reply`),
  ];
}

const words: Readonly<Record<string, RegExp>> = { open: /OPEN/, acknowledged: /ACKNOWLEDGED/, resolved: /RESOLVED/, merged: /part of/ };

function headlines(incidents: readonly IncidentRow[], shown: readonly SlackMessage[]): string[] {
  return incidents.flatMap(({ id, status }) => {
    const card = shown.find((message) => keyOf(message) === `SIN-${id}/card`);
    const [headline = ''] = textOfBlocks(card?.blocks ?? []).split('\n');
    return card === undefined || words[status]?.test(headline) ? [] : [`SIN-${id} is ${status}, and its card says: ${headline}`];
  });
}

/** However SNS lost what it said, an alarm in ALARM is known to be. */
function missedAlarms({ world, file }: Told): string[] {
  const firing = Object.values(world.aws.accounts[prodAccount]?.alarms ?? {}).filter(({ state, type }) => state === 'ALARM' && type === 'metric');
  const changes = rows<{ alarm_id: string; state: string }>(file, 'select alarm_id, state from transitions order by at, id');
  return firing
    .filter(({ arn }) => changes.findLast(({ alarm_id }) => alarm_id === arn)?.state !== 'ALARM')
    .map(({ name }) => `${name} is in ALARM, and nobody knows`);
}

const mostPages = 2;

/** Two at most, and two more each time that it went on after somebody had acknowledged one of its campaign. */
function tooManyPages({ world, file }: Told): string[] {
  const pages = Map.groupBy(world.aws.pages, ({ subject, message }) => /SIN-\d+/.exec(`${subject} ${message}`)?.[0] ?? '');
  const taken = `select count(*) n from entries where incident > 0 and json_extract(body, '$.response') in ('acknowledge', 'take-over')`;
  const [{ n } = { n: 0 }] = rows<{ n: number }>(file, taken);
  return [...pages]
    .filter(([, those]) => those.length > mostPages * (1 + n))
    .map(([incident, those]) => `${incident} was paged ${those.length} times`);
}

const quietHours = 6;
/** Sweeps and what is asked of everything make no more. */
const mostPerHour = 80;

/** Where nothing happens, next to nothing is called. */
async function loudWhenQuiet(told: Told): Promise<string[]> {
  const { workspace, aws } = told.world;
  const [slackBefore, awsBefore] = [workspace.requests.length, aws.calls.length];
  await pass(told, quietHours * 3_600, 1_800);
  const called = [
    ...workspace.requests.slice(slackBefore).map(({ method }) => method),
    ...aws.calls.slice(awsBefore).map(({ operation }) => String(operation)),
  ];
  const counts = [...Map.groupBy(called, (name) => name)].map(([name, those]) => [name, those.length] as const);
  return counts
    .filter(([, count]) => count > mostPerHour * quietHours)
    .map(([name, count]) => `${name}: ${count} calls in ${quietHours} quiet hours`);
}

async function wrongStatus({ world, file }: Told): Promise<string[]> {
  const [{ n: open } = { n: -1 }] = rows<{ n: number }>(file, "select count(*) n from incidents where status in ('open', 'acknowledged')");
  const asked = { user: people.dana, channel, command: '/signin-status', text: '' };
  const { ephemerals } = (await world.interactions.command(asked)) as { ephemerals: { blocks: Block[] }[] };
  const said = ephemerals.map(({ blocks }) => textOfBlocks(blocks)).join('\n');
  const isSaid = open === 0 ? /no open/i.test(said) : new RegExp(`\\b${open} open incident`).test(said);
  return isSaid ? [] : [`/signin-status says “${said.slice(0, 80)}”, and ${open} are open`];
}
