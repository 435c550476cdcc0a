/** A dry run: what AWS would answer, for the person who is about to confirm. Nothing is changed and nothing begun; that AWS was read is an entry. */
import { type AssumedRole, type Simulated, withTags } from '../domain/response/dry-run.ts';
import type { Call } from '../domain/response/plan.ts';
import type { Answers } from '../domain/response/question.ts';
import type { Answer } from '../domain/response/refusal.ts';
import type { CallResponse } from '../domain/response/response.ts';
import { type Asked, answersOf, prepare, type Rung, type World } from './prepare-response.ts';

export interface CheckedCall {
  readonly call: Call;
  readonly answer: Simulated;
}

export interface CheckedRung {
  readonly response: CallResponse;
  /** Why it would not be given at all, in words; undefined: it would. */
  readonly skipped: string | undefined;
  /** None: they depend on what is not answered yet. */
  readonly calls: readonly CheckedCall[];
  readonly roles: readonly AssumedRole[];
}

/** @throws AppError what AWS says while the target is read */
export async function checkResponse(world: World, asked: Asked, answers: Answers): Promise<Answer<{ checked: readonly CheckedRung[] }>> {
  const answer = await prepare(world, asked);
  if (!answer.ok) return answer;
  const checked: CheckedRung[] = [];
  for (const rung of answer.prepared.rungs)
    checked.push(await checkedRung(world, asked, { rung, answers: answersOf(asked.response, rung, answers) }));
  return { ok: true, checked };
}

async function checkedRung(
  { ports }: World,
  { clicker, incident }: Asked,
  { rung, answers }: { rung: Rung; answers: Answers },
): Promise<CheckedRung> {
  const { response, planned } = rung;
  if (!planned.ok) return { response, skipped: planned.message, calls: [], roles: [] };
  const { plan } = planned;
  const calls = response.calls(plan, answers);
  const actor = { person: { id: clicker.id, name: clicker.name }, incident, response: response.id, calls, sent: () => undefined };
  const read = calls.map((call) => withTags(call, plan.tags));
  const [roles, found] = await Promise.all([ports.dryRun.assume(actor), ports.dryRun.simulate(actor, read)]);
  return { response, skipped: undefined, calls: calls.map((call, index) => ({ call, answer: found[index] ?? silent })), roles };
}

const silent: Simulated = { is: 'cannot-tell', why: 'the simulator gave no answer for it' };
