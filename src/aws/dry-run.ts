/** The DryRun port: the trust of the acting role by assuming it, its policies by IAM's policy simulator, which the role that reads may ask of it. */
import { type ContextEntry, type EvaluationResult, type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Actor } from '../domain/response/actor.ts';
import { sessionTagsOf } from '../domain/response/attribution.ts';
import { type Decision, type DryRun, simulatedFrom } from '../domain/response/dry-run.ts';
import type { Call } from '../domain/response/plan.ts';
import type { Accounts } from './accounts.ts';

export function dryRunOf(accounts: Accounts): DryRun {
  return {
    assume: async (account, actor) => {
      await accounts.iam(account, actor);
    },
    simulate: async (account, actor, calls) => {
      const [iam, principal] = await Promise.all([accounts.as(actor).iam(account), accounts.acting(account)]);
      const asked = { iam, principal, actor, called: accounts.called };
      return Promise.all(calls.map(async (call) => simulatedFrom(await decisionOn(asked, call))));
    },
  };
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
  const command = new SimulatePrincipalPolicyCommand({
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
