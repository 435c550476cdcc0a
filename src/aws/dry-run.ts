/** The DryRun port: the trust of the acting role by assuming it, its policies by IAM's policy simulator, which the role that reads may ask of it. */
import type { ContextEntry, EvaluationResult, IAMClient } from '@aws-sdk/client-iam';
import { asAppError } from '../domain/error.ts';
import type { Actor } from '../domain/response/actor.ts';
import { sessionTagsOf } from '../domain/response/attribution.ts';
import { type Decision, type DryRun, type Simulated, simulatedFrom } from '../domain/response/dry-run.ts';
import type { Call } from '../domain/response/plan.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

/** Who makes which calls. */
export interface Hand {
  readonly accounts: Accounts;
  readonly makes: (call: Call) => boolean;
}

/** @param hands the first that makes a call is asked; nobody's are made by a session that only the call before opens */
export function dryRunOf(hands: readonly Hand[]): DryRun {
  const handOf = (call: Call): Accounts | undefined => hands.find(({ makes }) => makes(call))?.accounts;
  return {
    assume: async (actor) => {
      const places = actor.calls.flatMap((call) => {
        const accounts = handOf(call);
        return accounts === undefined ? [] : [{ accounts, account: call.account }];
      });
      const once = places.filter(
        (one, index) => places.findIndex((other) => other.accounts === one.accounts && other.account === one.account) === index,
      );
      return Promise.all(
        once.map(async ({ accounts, account }) => {
          const fault = await faultOf(() => accounts.iam(account, actor));
          const role = (await accounts.acting(account).catch(() => '')).split(':role/')[1];
          return { account, role: role?.split('/').at(-1), fault };
        }),
      );
    },
    simulate: (actor, calls) =>
      Promise.all(
        calls.map(async (call): Promise<Simulated> => {
          const accounts = handOf(call);
          if (accounts === undefined) return { is: 'cannot-tell', why: 'a session of root makes it, which is given by the call before' };
          const answer = await simulatedBy(accounts, actor, call).catch((thrown: unknown) => asAppError(thrown).message);
          return typeof answer === 'string' ? { is: 'cannot-tell', why: answer } : answer;
        }),
      ),
  };
}

async function simulatedBy(accounts: Accounts, actor: Actor, call: Call): Promise<Simulated> {
  const [iam, principal] = await Promise.all([accounts.as(actor).iam(call.account), accounts.acting(call.account)]);
  return simulatedFrom(await decisionOn({ iam, principal, actor, called: accounts.called }, call));
}

async function faultOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return asAppError(thrown).message;
  }
}

interface Asked {
  readonly iam: IAMClient;
  /** ARN of the role, or of what the responder runs as. */
  readonly principal: string;
  readonly actor: Actor;
  readonly called: Accounts['called'];
}

/** One action on one resource with what is known of it: several at once would share their context. */
async function decisionOn({ iam, principal, actor, called }: Asked, call: Call): Promise<Decision> {
  const command = new sdk.iam.SimulatePrincipalPolicyCommand({
    PolicySourceArn: principal,
    ActionNames: [call.action],
    ResourceArns: [call.resource],
    ContextEntries: contextOf(call, actor),
  });
  const { EvaluationResults: [result] = [] } = await called('SimulatePrincipalPolicy', false, () => iam.send(command));
  return decisionIn(result);
}

/** What the session will carry is known before; the simulator knows nothing of sessions. */
function contextOf({ context = {} }: Call, actor: Actor): ContextEntry[] {
  const own = Object.entries(sessionTagsOf(actor)).map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const);
  const all = [...own, ['aws:SourceIdentity', actor.person.id] as const, ...Object.entries(context)];
  return all.map(([ContextKeyName, value]) => ({ ContextKeyName, ContextKeyValues: [value], ContextKeyType: 'string' as const }));
}

/** Of a resource that was given, the answer is beside the action's own. */
function decisionIn(result: EvaluationResult | undefined): Decision {
  const of = result?.ResourceSpecificResults?.[0];
  const decision = of?.EvalResourceDecision ?? result?.EvalDecision ?? 'implicitDeny';
  const boundary = of?.PermissionsBoundaryDecisionDetail ?? result?.PermissionsBoundaryDecisionDetail;
  return {
    decision,
    missing: [...new Set([...(of?.MissingContextValues ?? []), ...(result?.MissingContextValues ?? [])])],
    byOrganization: result?.OrganizationsDecisionDetail?.AllowedByOrganizations,
    byBoundary: boundary?.AllowedByPermissionsBoundary,
  };
}
