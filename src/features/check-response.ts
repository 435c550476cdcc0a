/** A dry run: what AWS would answer, for the person who is about to confirm. Nothing is changed and nothing begun; that AWS was read is an entry. */
import { asAppError } from '../domain/error.ts';
import type { Actor } from '../domain/response/actor.ts';
import { type Simulated, withTags } from '../domain/response/dry-run.ts';
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
  /** Accounts where the acting role was asked for, and why it was not given. */
  readonly roles: readonly { readonly account: string; readonly fault: string | undefined }[];
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
  const accounts = [...new Set(calls.map(({ account }) => account))];
  const [roles, simulated] = await Promise.all([
    Promise.all(accounts.map(async (account) => ({ account, fault: await faultOf(() => ports.dryRun.assume(account, actor)) }))),
    Promise.all(
      accounts.map((account) => simulatedIn(ports, account, { actor, calls: calls.filter((call) => call.account === account), tags: plan.tags })),
    ),
  ]);
  return { response, skipped: undefined, calls: simulated.flat(), roles };
}

type DryRunPorts = Pick<World['ports'], 'dryRun'>;

interface ToSimulate {
  readonly actor: Actor;
  readonly calls: readonly Call[];
  readonly tags: Readonly<Record<string, string>> | undefined;
}

/** A simulator that does not answer says nothing of the calls. */
async function simulatedIn({ dryRun }: DryRunPorts, account: string, { actor, calls, tags }: ToSimulate): Promise<CheckedCall[]> {
  const answers = await dryRun
    .simulate(
      account,
      actor,
      calls.map((call) => withTags(call, tags)),
    )
    .catch((thrown: unknown) => asAppError(thrown).message);
  return calls.map((call, index) => {
    if (typeof answers === 'string') return { call, answer: { is: 'cannot-tell', why: answers } };
    return { call, answer: answers[index] ?? { is: 'cannot-tell', why: 'the simulator did not answer of it' } };
  });
}

async function faultOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return asAppError(thrown).message;
  }
}
