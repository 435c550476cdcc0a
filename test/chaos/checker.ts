/** Compares what Slack shows, what the database holds and what AWS was asked for: what is lost, what is there twice, what is not as it should be. */
import { sql } from 'kysely';
import { alarmChanges } from './story.ts';
import type { ChaosWorld } from './world.ts';

export interface Problem {
  readonly is: 'lost' | 'doubled';
  readonly what: string;
}

/** How often something is there, beside how often it should be. */
function compared(what: string, found: number, wanted: number): Problem[] {
  if (found === wanted) return [];
  return [{ is: found < wanted ? 'lost' : 'doubled', what: `${what}: ${found} instead of ${wanted}` }];
}

export async function problemsOf(world: ChaosWorld): Promise<Problem[]> {
  return [...(await problemsInSlack(world)), ...(await problemsInDatabase(world)), ...(await problemsInAws(world))];
}

async function problemsInSlack({ slack, database: { db } }: ChaosWorld): Promise<Problem[]> {
  const shown = slack.messages().flatMap(({ metadata }) => {
    const key = String(metadata?.event_payload.key);
    const others = String(metadata?.event_payload.also ?? '').split(' ');
    return [key, ...others.filter((one) => one !== '').map((one) => `${key.split('/')[0]}/${one.split(':')[0]}`)];
  });
  const incidents = await db.selectFrom('incidents').select('id').execute();
  const { rows: replies } = await sql<{ incident: number; seq: number }>`
    select incident, seq from entries where reply <> 'none' and in_thread = 1 and incident > 0`.execute(db);
  const wanted = new Set([...incidents.map(({ id }) => `SIN-${id}/card`), ...replies.map(({ incident, seq }) => `SIN-${incident}/${seq}`)]);
  const unknown = shown.filter((key) => !wanted.has(key)).map((key): Problem => ({ is: 'doubled', what: `${key}: in Slack, not in the database` }));
  return [...[...wanted].flatMap((key) => compared(key, shown.filter((one) => one === key).length, 1)), ...unknown];
}

async function problemsInDatabase({ database: { db } }: ChaosWorld): Promise<Problem[]> {
  const count = async (table: 'incidents' | 'transitions' | 'sign_ins'): Promise<number> =>
    Number((await db.selectFrom(table).select(sql<number>`count(*)`.as('n')).executeTakeFirstOrThrow()).n);
  return [
    ...compared('incidents', await count('incidents'), 2),
    ...compared("the alarm's changes", await count('transitions'), alarmChanges),
    ...compared('sign-ins', await count('sign_ins'), 1),
  ];
}

/** A change that somebody confirmed is made at most once; what was begun has an outcome. */
async function problemsInAws({ awsCalls, database: { db } }: ChaosWorld): Promise<Problem[]> {
  const changes = awsCalls().filter(({ operation, error }) => operation === 'UpdateLoginProfile' && error === undefined).length;
  const begun = await db.selectFrom('responses').select(['incident', 'seq', 'result']).execute();
  const ends = begun.map(({ incident, seq, result }) => compared(`outcome of SIN-${incident}/${seq}`, result === null ? 0 : 1, 1));
  const done = begun.filter(({ result }) => result === 'done').length;
  const tooMany = changes > begun.length ? compared('changes in AWS', changes, begun.length) : [];
  return [...ends.flat(), ...tooMany, ...(changes < done ? compared('changes in AWS', changes, done) : [])];
}
