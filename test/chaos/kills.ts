/** The bot as a process, killed again and again while alarms, sign-in events and clicks come. */
import pg from 'pg';
import { newDatabase } from '../support/postgres.ts';
import { alarmText, type Message, people, Sandbox } from '../support/sandbox.ts';
import { seeded } from './cases.ts';
import type { Line, Options } from './chaos.ts';

const longestMs = 500;

export async function* kills({ engines, postgresUrl, kills: count, seed }: Options): AsyncGenerator<Line> {
  for (const engine of engines) {
    const databaseUrl = engine === 'postgres' ? await newDatabase(postgresUrl) : undefined;
    const sandbox = await Sandbox.startProcesses(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl });
    const found = await killed(sandbox, { count, databaseUrl, random: seeded(seed) });
    await sandbox.stop();
    const isWell = found.lost === 0 && found.doubled === 0;
    yield { section: 'kills', what: `${engine}: SIGKILL while alarms and clicks come`, found: { kills: count, ...found }, isWell };
  }
}

interface Killing {
  readonly count: number;
  readonly databaseUrl: string | undefined;
  readonly random: () => number;
}

async function killed(sandbox: Sandbox, { count, databaseUrl, random }: Killing) {
  const at = Date.now();
  const acknowledged = new Set<string>();
  for (let round = 0; round < count; round++) {
    const name = `Alarm-${round}`;
    const message = alarmText(name, 'ALARM', at + round);
    const sent = sandbox.publish({ message });
    const newest = (await alarmCards(sandbox)).at(-1);
    const click = newest && sandbox.click(people.dana, newest.ts, 'acknowledge').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, random() * longestMs));
    await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGKILL' });
    if (databaseUrl !== undefined) await lapseLeases(databaseUrl);
    await started(sandbox);
    const { status, messageId } = await sent;
    // What was not answered, SNS sends again with the same id.
    for (let last = status; last !== 200; ) last = (await sandbox.publish({ message, messageId })).status;
    await click;
    if (newest) {
      await taken(sandbox, newest.ts);
      acknowledged.add(newest.ts);
    }
    await sandbox.until(`card ${round}`, async () => (await alarmCards(sandbox)).length > round - 3);
  }
  return counted(sandbox, count, acknowledged);
}

/** With every start the responder reads from Slack who may click, which Slack answers so often in a minute; until then it takes no click. */
async function taken(sandbox: Sandbox, ts: string): Promise<void> {
  const isRefused = async (): Promise<boolean> => {
    const { ephemerals } = await sandbox.click(people.dana, ts, 'acknowledge');
    return ephemerals.some(({ text }) => text.includes('cannot be read from Slack'));
  };
  for (let tries = 0; tries < 10 && (await isRefused()); tries++) await sandbox.advance(15);
}

/** On a busy machine a start may take longer than the sandbox waits for it. */
async function started(sandbox: Sandbox): Promise<void> {
  const isUp = () =>
    sandbox.call('POST', '/api/bot/start').then(
      () => true,
      () => sandbox.call('POST', '/api/bot/stop', { signal: 'SIGKILL' }).then(() => false),
    );
  for (let tries = 0; tries < 5 && !(await isUp()); ) tries++;
}

function alarmOf({ blocks }: Message): string | undefined {
  return /Alarm-\d+/.exec(JSON.stringify(blocks))?.[0];
}

/** Not those that say what SNS did not bring while the bot was away. */
async function alarmCards(sandbox: Sandbox): Promise<Message[]> {
  return (await sandbox.cards()).filter((card) => alarmOf(card) !== undefined);
}

async function counted(sandbox: Sandbox, count: number, acknowledged: ReadonlySet<string>) {
  const replied = async (): Promise<string[]> => (await sandbox.replies()).map(({ thread_ts }) => thread_ts ?? '');
  const isThere = async (): Promise<boolean> => (await alarmCards(sandbox)).length >= count && (await replied()).length >= acknowledged.size;
  await sandbox.until('all cards and replies', isThere, 300).catch(() => undefined);
  await sandbox.advance(60);
  await sandbox.advance(60);
  const names = (await alarmCards(sandbox)).map(alarmOf);
  const replies = await replied();
  const lost = count - new Set(names).size + [...acknowledged].filter((ts) => !replies.includes(ts)).length;
  const doubled = names.length - new Set(names).size + replies.length - new Set(replies).size;
  return { alarms: count, cards: names.length, clicks: acknowledged.size, replies: replies.length, lost, doubled };
}

/** On Postgres the leases of a dead process last for 60 s of the database's clock; this is that time gone by. */
export async function lapseLeases(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('update incidents set lease_until = 1 where lease_until is not null');
  await client.end();
}
