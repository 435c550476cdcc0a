/** Tries what the role that denies sessions may, and what is read for it, by calls about a user and a role that are not there. */
import type { Actor } from '../domain/response/actor.ts';
import { denyOlder } from '../domain/response/session-denies.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

interface Hands {
  readonly accounts: Accounts;
  readonly denying: Accounts;
  readonly account: string;
}

interface Nobody {
  readonly actor: Actor;
  readonly nobody: string;
  readonly noRole: string;
}

type Tries = (readonly [action: string, call: () => Promise<unknown>])[];

export async function sessionsTries({ accounts, denying, account }: Hands, { actor, nobody, noRole }: Nobody): Promise<Tries> {
  const [reading, iam] = await Promise.all([accounts.iam(account), denying.iam(account, actor)]);
  // Even if there were such a user, this would deny what is over.
  const { policyName: PolicyName, document: PolicyDocument } = denyOlder(0);
  const [user, role] = [
    { UserName: nobody, PolicyName },
    { RoleName: noRole, PolicyName },
  ];
  const tried = (action: string, isChange: boolean, send: () => Promise<unknown>): Tries[number] => [
    action,
    () => accounts.called(action.split(/[: ]/)[1] ?? '', isChange, send),
  ];
  return [
    tried('iam:PutUserPolicy', true, () => iam.send(new sdk.iam.PutUserPolicyCommand({ ...user, PolicyDocument }))),
    tried('iam:PutRolePolicy', true, () => iam.send(new sdk.iam.PutRolePolicyCommand({ ...role, PolicyDocument }))),
    tried('iam:GetUserPolicy', false, () => reading.send(new sdk.iam.GetUserPolicyCommand(user))),
    tried('iam:GetRolePolicy', false, () => reading.send(new sdk.iam.GetRolePolicyCommand(role))),
    tried('iam:SimulatePrincipalPolicy of the role that denies sessions', false, async () => {
      const PolicySourceArn = await denying.acting(account);
      return reading.send(new sdk.iam.SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['iam:PutRolePolicy'], ResourceArns: ['*'] }));
    }),
  ];
}
