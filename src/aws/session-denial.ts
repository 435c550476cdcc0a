import { AppError } from '../domain/error.ts';
import type { Holder } from '../domain/response/kept-state.ts';
import { partWords } from '../domain/response/parts.ts';
import type { SessionDenial } from '../domain/response/session-denial.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

interface Hands {
  /** Of the role that reads. */
  readonly reading: Accounts;
  /** Of the role that denies sessions, for changes. */
  readonly denying: Accounts;
}

/** The SessionDenial port over IAM. */
export function sessionDenialOf({ reading, denying }: Hands): SessionDenial {
  return {
    policy: async (holder, PolicyName) => {
      const iam = await reading.iam(holder.account);
      const isRole = holder.kind === 'role';
      const read = async (): Promise<string | undefined> => {
        const { PolicyDocument } = isRole
          ? await iam.send(new sdk.iam.GetRolePolicyCommand({ RoleName: holder.name, PolicyName }))
          : await iam.send(new sdk.iam.GetUserPolicyCommand({ UserName: holder.name, PolicyName }));
        return PolicyDocument && decodeURIComponent(PolicyDocument);
      };
      return absent(told(reading.called(isRole ? 'GetRolePolicy' : 'GetUserPolicy', false, read)));
    },
    deny: async (holder, { policyName: PolicyName, document: PolicyDocument }, actor) => {
      const iam = await told(denying.iam(holder.account, actor));
      const isRole = holder.kind === 'role';
      const put = (): Promise<unknown> =>
        isRole
          ? iam.send(new sdk.iam.PutRolePolicyCommand({ RoleName: holder.name, PolicyName, PolicyDocument }))
          : iam.send(new sdk.iam.PutUserPolicyCommand({ UserName: holder.name, PolicyName, PolicyDocument }));
      await told(denying.called(isRole ? 'PutRolePolicy' : 'PutUserPolicy', true, put)).catch((thrown: unknown) => {
        throw tooLarge(thrown, holder);
      });
    },
  };
}

async function absent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not-found') return undefined;
    throw thrown;
  }
}

/** What is denied most likely was never allowed: the part of the template that allows it is named. */
async function told<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'denied' || thrown.isExplicit) throw thrown;
    throw new AppError('denied', `${thrown.message} ${partWords.DenySessions.fix}`, { cause: thrown.cause, reason: thrown.reason });
  }
}

/** IAM names it a limit, as it does too many requests. */
function tooLarge(thrown: unknown, { name, kind }: Holder): unknown {
  if (!(thrown instanceof AppError) || !thrown.reason.startsWith('LimitExceeded')) return thrown;
  const limit = kind === 'role' ? '10,240' : '2,048';
  const message = `The inline policies of ${name} together may have ${limit} characters, and with this one there would be more; nothing was changed. Delete one by hand, then press again.`;
  return new AppError('refused', message, { cause: thrown.cause, reason: thrown.reason });
}
