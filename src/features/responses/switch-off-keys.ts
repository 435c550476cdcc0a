import { asAppError } from '../../domain/error.ts';
import { withDeed } from '../../domain/incident/deeds.ts';
import { withoutStopped } from '../../domain/incident/goes-on.ts';
import { duration, type Incident } from '../../domain/incident/incident.ts';
import type { Result } from '../../domain/incident/timeline.ts';
import type { Ports } from '../../domain/ports.ts';
import { type AccessKey, keyLines, keysOffWords, shortened, type UserRef } from '../../domain/response/iam-user.ts';
import type { KeptState } from '../../domain/response/kept-state.ts';
import type { Ended } from '../../domain/response/plan.ts';
import { type Answers, chosenIn, type Question } from '../../domain/response/question.ts';
import type { Answer } from '../../domain/response/refusal.ts';
import type { CallResponse, Doing } from '../../domain/response/response.ts';
import { heldAgainst, iamNow } from '../../domain/response/standing.ts';
import { concernsIamUsers, type Target } from '../../domain/response/target.ts';
import { lastUseWords, withoutStop } from '../../domain/response/user-words.ts';
import { certainly } from '../certainly.ts';
import { notReadBack } from '../keep-contained.ts';
import { perhapsOff } from '../perhaps-off.ts';
import { planUserChange, protectedUser, type UserPlan } from '../plan-user-change.ts';
import { accessWords } from '../write-outcome.ts';

interface KeysPlan extends UserPlan {
  /** Those that are active, and those that a step whose outcome is not known switched off, most likely. */
  readonly keys: readonly AccessKey[];
}

export const switchOffKeys: CallResponse<KeysPlan> = {
  kind: 'call',
  id: 'switch-off-keys',
  label: 'Switch off keys',
  button: { id: 'switch-off-keys', label: 'Switch off keys', heading: 'Keys', verb: 'Switch off' },
  needs: 'remediator',
  effect: 'Switches the chosen access keys off; they stay, and can be switched on again.',
  nonEffect: 'Does not end sessions of roles that were assumed with them; what runs with these keys stops working.',
  access: 'takes',
  approvals: 0,
  undo: 'Undo',
  target: 'iam-user',
  permissions: [{ action: 'iam:UpdateAccessKey', on: 'user', part: 'ContainUsers' }],
  causes: [{ event: 'UpdateAccessKey', names: 'user', never: 'key-switched-on' }],
  stands: areOff,
  offered: (incident, reach) => (concernsIamUsers(incident, reach) ? 'listed' : undefined),
  plan,
  intent: ({ keys, on }, by, answers) =>
    `${by.name} switches off ${chosenOf(keys, answers).length} of ${keys.length} ${keys.every(({ active }) => active) ? 'active ' : ''}access keys of ${on}.`,
  calls: ({ keys, user, userArn }, answers) =>
    chosenOf(keys, answers).map(() => ({ action: 'iam:UpdateAccessKey', resource: userArn, account: user.ref.account })),
  act,
};

/** What IAM said since goes before what was left then. */
function areOff(incident: Incident, target: Target): boolean {
  const active = iamNow(incident, target)?.activeKeys;
  if (active?.is === 'read') return active.value === 0;
  return heldAgainst(incident, target).some(({ left }) => left.of === 'keys' && left.keys.every(({ isActive }) => !isActive));
}

async function plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: KeysPlan }>> {
  const answer = await planUserChange(ports, target, { incident, access: 'takes' });
  if (!answer.ok) return answer;
  const { ref, keys } = answer.plan.user;
  if (keys.is === 'not-read') {
    const message = `The access keys of ${ref.name} could not be read, so none can be chosen: ${keys.why} Nothing was done.`;
    return { ok: false, reason: 'keys-not-read', message };
  }
  const { on } = answer.plan;
  // Switched off again, which changes nothing, they are read again and can be given back.
  const asked = { id: switchOffKeys.id, user: ref, on, access: accessWords(switchOffKeys, on), keys: keys.value };
  const perhaps = await perhapsOff(ports, incident, asked);
  const chosen = keys.value.filter((key) => key.active || perhaps.includes(key));
  const already = keys.value.length === 0 ? `${ref.name} has no access key.` : `All access keys of ${ref.name} are switched off already.`;
  return {
    ok: true,
    plan: {
      ...answer.plan,
      keys: chosen,
      before: { v: 1, of: 'keys', holder: { kind: 'iam-user', ...ref }, keys: chosen.map(({ id }) => ({ id, isActive: true })) },
      notes: [...answer.plan.notes, ...perhaps.map(({ id }) => perhapsOurs(id))],
      questions: [keysAsked(chosen, ports.clock.now()), ...answer.plan.questions],
      ...(chosen.length === 0 ? { already } : {}),
    },
  };
}

function perhapsOurs(id: string): string {
  return `Key ${shortened(id)} is off, most likely by the step whose outcome is not known. Switched off again, it changes nothing in IAM: it is watched from then on, and Undo switches it on again.`;
}

function keysAsked(keys: readonly AccessKey[], now: number): Question {
  const options = keys.map(({ id, createdAt, lastUsed }) => ({
    id,
    label: shortened(id),
    description: `${lastUsed.is === 'read' ? lastUseWords(lastUsed.value, now) : `last use: ${withoutStop(lastUsed.why)}`} · ${duration(now - createdAt)} old`,
  }));
  return { kind: 'choose-several', id: 'keys', label: 'Which keys?', options, initial: 'all', missing: 'Choose at least one key.' };
}

function chosenOf(keys: readonly AccessKey[], answers: Answers): AccessKey[] {
  const chosen = chosenIn(answers, 'keys');
  return keys.filter(({ id }) => chosen.includes(id));
}

interface KeyOutcome {
  readonly id: string;
  readonly text: string;
  readonly off: 'yes' | 'no' | 'unknown';
}

async function act(ports: Ports, { user: { ref }, keys, before }: KeysPlan, { by, answers, actor, stopped }: Doing): Promise<Ended> {
  const now = await ports.identities.facts(ref);
  const untouchable = protectedUser(ports, now);
  if (untouchable) return { result: 'refused', text: untouchable.message };
  const chosen = chosenOf(keys, answers);
  const outcomes: KeyOutcome[] = [];
  for (const { id } of chosen) outcomes.push(await switchOff(ports, { ref, id, actor, stopped }));
  const after = before?.of === 'keys' ? await leftBy(ports, before, outcomes) : undefined;
  const off = outcomes.filter((one) => one.off === 'yes').length;
  const text = `${off} of ${chosen.length} access keys of ${ref.name} switched off.`;
  const isOn = ({ id }: AccessKey): boolean => after?.state.keys.some((key) => key.id === id && key.isActive) ?? false;
  const left = keys.filter((key) => isOn(key) || (key.active && !chosen.includes(key)));
  return {
    result: resultOf(outcomes),
    text,
    ...(after === undefined ? {} : { after: after.state }),
    details: [...outcomes.map((one) => one.text), ...(after === undefined || after.isRead ? [] : [notReadBack])],
    change: (before, at) => (off === 0 ? before : afterKeys(before, ref, { off, left, at, by })),
  };
}

type KeysState = Extract<KeptState, { of: 'keys' }>;

/** What AWS has said is so, whether or not it lists that yet; of the others what it lists. */
async function leftBy(ports: Ports, before: KeysState, outcomes: readonly KeyOutcome[]): Promise<{ state: KeysState; isRead: boolean }> {
  const listed = await ports.containment.keys(before.holder).catch(() => undefined);
  const keys = outcomes.flatMap(({ id, off }): KeysState['keys'] => {
    if (off === 'yes') return [{ id, isActive: false }];
    const found = listed?.find((key) => key.id === id);
    return found ? [{ id, isActive: found.isActive }] : listed === undefined && off === 'no' ? [{ id, isActive: true }] : [];
  });
  const isOff = (id: string): boolean => listed?.some((key) => key.id === id && key.isActive) === false;
  return { state: { ...before, keys }, isRead: outcomes.every(({ id, off }) => off !== 'yes' || isOff(id)) };
}

interface OneKey extends Pick<Doing, 'actor' | 'stopped'> {
  readonly ref: UserRef;
  readonly id: string;
}

async function switchOff(ports: Ports, { ref, id, actor, stopped }: OneKey): Promise<KeyOutcome> {
  const name = `Key ${shortened(id)}`;
  const why = await stopped();
  if (why !== undefined) return { id, off: 'no', text: `${name}: not switched off. ${why}` };
  try {
    const isOff = async (): Promise<boolean> => (await ports.containment.keys(ref)).some((key) => key.id === id && !key.isActive);
    const how = await certainly(ports, () => ports.containment.switchKey(ref, { id, isActive: false }, actor), isOff);
    if (how === 'unknown')
      return { id, off: 'unknown', text: `${name}: AWS gave no answer, and whether it is off is not known. Check CloudTrail for UpdateAccessKey.` };
    return { id, off: 'yes', text: `${name}: off${how === 'read' ? '. AWS gave no answer; IAM reads so' : ''}.` };
  } catch (thrown) {
    return { id, off: 'no', text: `${name}: not switched off. ${asAppError(thrown).message}` };
  }
}

function resultOf(outcomes: readonly KeyOutcome[]): Result {
  if (outcomes.some(({ off }) => off === 'unknown')) return 'unknown';
  if (outcomes.every(({ off }) => off === 'yes')) return 'done';
  return outcomes.some(({ off }) => off === 'yes') ? 'partly' : 'failed';
}

interface Switched {
  readonly off: number;
  readonly left: readonly AccessKey[];
  readonly at: number;
  readonly by: Doing['by'];
}

function afterKeys(incident: Incident, ref: UserRef, { off, left, at, by }: Switched): Incident {
  const others = withoutStopped(incident.notStopped, 'keys', { kind: 'iam-user', ...ref });
  const notStopped = [...others, ...(left.length === 0 ? [] : [keyLines.active(left, ref)])];
  return withDeed(incident, { at, by, how: 'bot', what: keysOffWords(off, ref.name), stops: true }, { notStopped });
}
