import { asAppError } from '../../domain/error.ts';
import { withDeed } from '../../domain/incident/deeds.ts';
import { withGoingOn } from '../../domain/incident/goes-on.ts';
import type { Incident, Person } from '../../domain/incident/incident.ts';
import type { Result } from '../../domain/incident/timeline.ts';
import { accountWords, iamArn } from '../../domain/place.ts';
import type { Ports } from '../../domain/ports.ts';
import { shellWord } from '../../domain/response/iam-user.ts';
import { isOutsideOf, outsideWords } from '../../domain/response/outside.ts';
import type { Call, Ended, Plan } from '../../domain/response/plan.ts';
import type { Answer } from '../../domain/response/refusal.ts';
import type { CallResponse, Doing } from '../../domain/response/response.ts';
import {
  credentialsIn,
  keyOf,
  type RootAccess,
  type RootCredential,
  type RootFacts,
  rootTasks,
  unreadIn,
} from '../../domain/response/root-access.ts';
import { credentialWords, rootFacts, rootLines, rootWords } from '../../domain/response/root-words.ts';
import { isEmptied } from '../../domain/response/standing.ts';
import type { Target } from '../../domain/response/target.ts';
import { withoutStop } from '../../domain/response/user-words.ts';
import { certainly } from '../certainly.ts';
import { isAboutMemberRoot, rootAccessIn, rootAccount } from '../root-of-member.ts';

interface RootPlan extends Plan {
  readonly account: string;
  /** The management account, which assumes root. */
  readonly management: string;
  readonly audited: RootFacts;
  /** Any of the partition. */
  readonly region: string;
}

const actions = {
  password: 'iam:DeleteLoginProfile',
  key: 'iam:DeleteAccessKey',
  certificate: 'iam:DeleteSigningCertificate',
  device: 'iam:DeactivateMFADevice',
} as const;

export const deleteRootCredentials: CallResponse<RootPlan> = {
  kind: 'call',
  id: 'delete-root-credentials',
  label: 'Delete root credentials',
  button: { id: 'delete-root-credentials', label: 'Delete root credentials', heading: 'Delete', verb: 'Delete' },
  needs: 'remediator',
  effect: 'Deletes password, access keys, signing certificates and MFA devices of a member account’s root user: nobody signs in as root any more.',
  nonEffect: 'Cannot be taken back. Sessions of root that run go on until they expire; the management account’s root is out of reach.',
  access: 'takes',
  approvals: 1,
  isNeverBreakGlass: true,
  isLoud: true,
  undo: 'Cannot be taken back; the management account can allow a password recovery, with which root is set up anew',
  target: 'root',
  permissions: Object.values(actions).map((action) => ({ action, on: 'root' })),
  causes: Object.values(actions).map((action) => ({ event: action.replace('iam:', ''), names: 'root' })),
  offered: (incident, reach) => (isAboutMemberRoot(incident, reach) ? 'user' : undefined),
  stands: isEmptied,
  plan,
  intent: ({ on, audited }, by) =>
    `${by.name} deletes the credentials of ${on}: ${credentialsIn(audited).map(credentialWords).join(', ')}. It cannot be taken back.`,
  calls,
  act,
};

async function plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: RootPlan }>> {
  const account = rootAccount(target);
  const reached = rootAccessIn(ports, account);
  if (!reached.ok) return reached;
  const audited = await reached.access.audit(account);
  const now = ports.clock.now();
  const on = `root of ${accountWords(account, ports.settings.accounts)}`;
  const unread = unreadIn(audited);
  const isNone = credentialsIn(audited).length === 0 && unread.length === 0;
  return {
    ok: true,
    plan: {
      account,
      management: reached.access.account,
      audited,
      region: ports.settings.regions[0] ?? '',
      target,
      named: 'root',
      on,
      facts: rootFacts(account, audited),
      lines: [[{ bold: on }, `: ${rootWords(audited, now)}`], ...rootLines(audited, now)],
      notes: [],
      warnings: [
        'To use root again, the management account allows a password recovery in IAM, and whoever reads the root e-mail sets it up anew.',
        'An access key of root that a program uses stops at once.',
        ...(isOutsideOf(incident, target, 'takes') ? [`${outsideWords(incident, target, 'takes')}.`] : []),
        ...unread.map(([part, why]) => `${part} could not be read, and would stay: ${why}`),
      ],
      questions: [{ kind: 'typed-again', id: 'account-again', label: 'The account’s id, once more', expected: account, longest: 12 }],
      ...(isNone ? { already: `${on} has no password, no MFA device, no access key and no signing certificate.` } : {}),
    },
  };
}

/** The role assumes root for that task; what the task may do is AWS's to say. */
function calls({ account, management, audited, region }: RootPlan): Call[] {
  const root = iamArn(region, account, 'root');
  const task = iamArn(region, 'aws', `policy/${rootTasks.remove}`);
  const assume = { action: 'sts:AssumeRoot', resource: root, account: management, context: { 'sts:TaskPolicyArn': task } };
  const own = [...new Set(credentialsIn(audited).map(({ kind }) => actions[kind]))];
  return [assume, ...own.map((action) => ({ action, resource: root, account }))];
}

interface Outcome {
  readonly credential: RootCredential;
  readonly state: 'deleted' | 'failed' | 'unknown';
  readonly why?: string;
}

async function act(ports: Ports, { account, audited, on, region }: RootPlan, doing: Doing): Promise<Ended> {
  const reached = rootAccessIn(ports, account);
  if (!reached.ok) return { result: 'refused', text: reached.message };
  const outcomes: Outcome[] = [];
  for (const credential of credentialsIn(audited)) outcomes.push(await remove(ports, reached.access, { account, credential, doing }));
  const after = await reached.access.audit(account).catch(() => undefined);
  const count = (state: Outcome['state']): number => outcomes.filter((one) => one.state === state).length;
  const [deleted, unknown] = [count('deleted'), count('unknown')];
  const goesOn = `sessions of ${on} that run, until they expire`;
  const made = credentialsIn(after ?? audited).filter((one) => !outcomes.some(({ credential }) => keyOf(credential) === keyOf(one)));
  const isWhole = deleted === outcomes.length && made.length === 0 && unreadIn(audited).length === 0;
  const result: Result = unknown > 0 ? 'unknown' : isWhole ? 'done' : deleted > 0 ? 'partly' : 'failed';
  return {
    result,
    text: `${deleted} of ${outcomes.length} credentials of ${on} deleted. This cannot be taken back.`,
    details: [
      ...outcomes.map((one) => `${capital(credentialWords(one.credential))}: ${wordsOf(one)}.`),
      ...made.map((one) => `${capital(credentialWords(one))}: made meanwhile, and not deleted. Press again: a session of root is at it.`),
      after === undefined ? 'What is left could not be read back.' : `Read back: ${rootWords(after, ports.clock.now())}.`,
    ],
    toCopy: [
      {
        heading: `Not stopped: ${goesOn}. To deny them, in the management account (POLICY_ID is in the answer of the first):`,
        commands: denyCommands(region, account),
      },
    ],
    change: (incident, at) =>
      deleted + unknown === 0
        ? incident
        : afterDeletion(incident, { on, account: result === 'done' ? account : undefined, deleted, goesOn, by: doing.by, at }),
  };
}

interface Removing {
  readonly account: string;
  readonly credential: RootCredential;
  readonly doing: Doing;
}

/** What is gone meanwhile is gone; without an answer it is read. */
async function remove(ports: Ports, access: RootAccess, { account, credential, doing }: Removing): Promise<Outcome> {
  const isGone = async (): Promise<boolean> => {
    const now = await access.audit(account);
    return unreadIn(now).length === 0 && !credentialsIn(now).some((one) => keyOf(one) === keyOf(credential));
  };
  const stopped = await doing.stopped();
  if (stopped !== undefined) return { credential, state: 'failed', why: withoutStop(stopped) };
  try {
    const how = await certainly(ports, () => access.remove(account, credential, doing.actor), isGone);
    return { credential, state: how === 'unknown' ? 'unknown' : 'deleted' };
  } catch (thrown) {
    const { code, message } = asAppError(thrown);
    return code === 'not-found'
      ? { credential, state: 'deleted', why: 'it was gone already' }
      : { credential, state: 'failed', why: withoutStop(message) };
  }
}

function wordsOf({ state, why }: Outcome): string {
  const said = { deleted: 'deleted', failed: 'not deleted', unknown: 'AWS gave no answer, and whether it is deleted is not known' }[state];
  return why === undefined ? said : `${said} (${why})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** An SCP holds root users of member accounts too, and is taken off again by whoever attached it. */
function denyCommands(region: string, account: string): string[] {
  const condition = { ArnLike: { 'aws:PrincipalArn': iamArn(region, account, 'root') } };
  const content = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: condition }] });
  return [
    `aws organizations create-policy --type SERVICE_CONTROL_POLICY --name signin-responder-deny-root-${account} --description signin-responder --content ${shellWord(content)}`,
    `aws organizations attach-policy --policy-id POLICY_ID --target-id ${account}`,
  ];
}

interface Deleted {
  readonly on: string;
  /** Undefined: something may be left. */
  readonly account: string | undefined;
  readonly deleted: number;
  readonly goesOn: string;
  readonly by: Person;
  readonly at: number;
}

function afterDeletion(incident: Incident, { on, account, deleted, goesOn, by, at }: Deleted): Incident {
  const what = `${deleted} credential${deleted === 1 ? '' : 's'} of ${on} deleted`;
  const stops = deleted > 0 ? ({ stops: true } as const) : {};
  const rootsEmptied = [...(incident.rootsEmptied ?? []), ...(account === undefined ? [] : [{ account, at }])];
  const notStopped = withGoingOn(incident.notStopped, [{ text: goesOn }]);
  return withDeed({ ...incident, rootsEmptied }, { at, by, how: 'bot', what, ...stops }, { notStopped });
}
