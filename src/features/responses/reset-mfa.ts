import { sha256 } from '../../domain/digest.ts';
import { asAppError } from '../../domain/error.ts';
import { withDeed } from '../../domain/incident/deeds.ts';
import { runningSessions, withGoingOn } from '../../domain/incident/goes-on.ts';
import type { Incident, Person } from '../../domain/incident/incident.ts';
import type { Result } from '../../domain/incident/timeline.ts';
import type { Ports } from '../../domain/ports.ts';
import { deviceKind, deviceName, deviceWords, type MfaDevice, shortened, type UserRef } from '../../domain/response/iam-user.ts';
import { lastDeviceMayGo, replacedWithinMs, requestMostMs } from '../../domain/response/last-device.ts';
import type { Call, Ended, Line } from '../../domain/response/plan.ts';
import { type Answers, answerTo, chosenIn, type Problems, type Question } from '../../domain/response/question.ts';
import type { Answer } from '../../domain/response/refusal.ts';
import type { CallResponse, Doing } from '../../domain/response/response.ts';
import { concernsIamUsers, type Target } from '../../domain/response/target.ts';
import { deviceLabel, lateWords } from '../../domain/response/user-words.ts';
import type { RecentResponse } from '../../domain/store.ts';
import { utc } from '../../domain/utc.ts';
import { certainly } from '../certainly.ts';
import { planUserChange, type UserPlan } from '../plan-user-change.ts';
import { handOver } from './hand-over.ts';
import { lockOut } from './lock-out.ts';

const identifications: Record<string, { readonly label: string; readonly words: string }> = {
  'call-back': { label: 'Called back on a known number', words: 'called back on a known number' },
  'in-person': { label: 'Met in person', words: 'met in person' },
  video: { label: 'Seen on video', words: 'seen on video' },
};

interface MfaPlan extends UserPlan {
  /** Newest first. */
  readonly devices: readonly MfaDevice[];
  /** The newest replacement of the user's password, in whatever incident. */
  readonly replaced: RecentResponse | undefined;
}

export const resetMfa: CallResponse<MfaPlan> = {
  kind: 'call',
  id: 'reset-mfa',
  label: 'Reset MFA',
  button: { id: 'reset-mfa', label: 'Reset MFA', heading: 'MFA', verb: 'Reset' },
  needs: 'remediator',
  effect: 'Deactivates the chosen devices, and deletes them where they are virtual.',
  nonEffect: 'Does not end running sessions. Until a device is enrolled again the password alone signs in, unless a policy denies it.',
  access: 'gives',
  approvals: 1,
  undo: 'Cannot be taken back: the user enrols a device again',
  target: 'iam-user',
  permissions: [
    { action: 'iam:DeactivateMFADevice', on: 'user' },
    { action: 'iam:DeleteVirtualMFADevice', on: 'mfa' },
  ],
  causes: [
    { event: 'DeactivateMFADevice', names: 'user' },
    { event: 'DeleteVirtualMFADevice', names: 'mfa' },
  ],
  offered: (incident, reach) => (concernsIamUsers(incident, reach) ? 'user' : undefined),
  plan,
  check: ({ devices, replaced, user }, answers, { by, at }): Problems => {
    const isLast = chosenIn(answers, 'devices').length === devices.length;
    if (!isLast || answerTo(answers, 'identified') !== '') return {};
    return lastDeviceMayGo(replaced, { by: by.id, at, shows: handOver.id }) ? {} : { identified: lastDeviceText(user.ref.name) };
  },
  intent: ({ devices, on }, by, answers) => {
    const how = identifications[answerTo(answers, 'identified')]?.words;
    const identified = how === undefined ? '' : ` The person was identified: ${how}.`;
    return `${by.name} resets ${chosenIn(answers, 'devices').length} of ${devices.length} MFA devices of ${on}.${identified}`;
  },
  calls: ({ user, userArn, devices }, answers) => chosenOf(devices, answers).flatMap((device) => callsFor(device, userArn, user.ref.account)),
  act,
};

function callsFor({ serial }: MfaDevice, userArn: string, account: string): Call[] {
  const deactivate = { action: 'iam:DeactivateMFADevice', resource: userArn, account };
  return deviceKind(serial) === 'virtual' ? [deactivate, { action: 'iam:DeleteVirtualMFADevice', resource: serial, account }] : [deactivate];
}

/** Refused where there is no device, and where they could not be read: which one goes is chosen from the list. */
async function plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: MfaPlan }>> {
  const answer = await planUserChange(ports, target, { incident, access: 'gives' });
  if (!answer.ok) return answer;
  const { ref, devices } = answer.plan.user;
  if (devices.is === 'not-read') {
    const message = `The MFA devices of ${ref.name} could not be read, so none can be chosen: ${devices.why} Nothing was done.`;
    return { ok: false, reason: 'devices-not-read', message };
  }
  if (devices.value.length === 0) return { ok: false, reason: 'no-device', message: `${ref.name} has no MFA device, so there is none to reset.` };
  const since = ports.clock.now() - replacedWithinMs - requestMostMs;
  const replaced = await ports.store.recent([lockOut.id, handOver.id], answer.plan.on, since);
  return {
    ok: true,
    plan: {
      ...answer.plan,
      devices: devices.value,
      replaced,
      questions: [devicesAsked(devices.value, incident), identifiedAsked, ...answer.plan.questions],
    },
  };
}

function devicesAsked(devices: readonly MfaDevice[], incident: Incident): Question {
  const options = devices.map((device) => ({
    id: deviceKey(device),
    label: deviceLabel(device),
    description: `Since ${utc(device.enrolledAt)}${lateWords(device, incident)}`,
  }));
  return { kind: 'choose-several', id: 'devices', label: 'Which devices?', options, missing: 'Choose at least one device.' };
}

const identifiedAsked: Question = {
  kind: 'choose-one',
  id: 'identified',
  label: 'How was the person identified, outside Slack?',
  options: Object.entries(identifications).map(([id, { label }]) => ({ id, label })),
  optional: true,
  hint: 'Needed only if you choose every device, for then the password alone signs in; not within an hour of a lock-out, or a hand-over by somebody else.',
};

/** A short key for a device: Slack's option values are too short for ARNs. */
function deviceKey(device: MfaDevice): string {
  return sha256(`${device.serial}\n${device.enrolledAt}`).slice(0, 16);
}

function chosenOf(devices: readonly MfaDevice[], answers: Answers): MfaDevice[] {
  const chosen = chosenIn(answers, 'devices');
  return devices.filter((device) => chosen.includes(deviceKey(device)));
}

function lastDeviceText(user: string): string {
  return `This would remove the last MFA device of ${user}, and the password alone would sign in. Lock the user out first (within the last hour; a password that was handed over to yourself does not count), or say how the person was identified outside Slack.`;
}

interface DeviceOutcome {
  readonly text: string;
  /** Whether it can still be used to sign in, as far as is known. */
  readonly off: 'yes' | 'no' | 'unknown';
  /** Whether nothing of it is left to be done. */
  readonly isComplete: boolean;
}

async function act(ports: Ports, { user: { ref }, devices }: MfaPlan, { by, answers, actor, stopped }: Doing): Promise<Ended> {
  // Once more, right before the first change: another incident may be about the same user.
  const now = await ports.identities.devices(ref);
  if (now.map(deviceKey).toSorted().join() !== devices.map(deviceKey).toSorted().join())
    return { result: 'refused', text: `The MFA devices of ${ref.name} changed since you were shown them. Nothing was done; open “Reset MFA” again.` };
  const chosen = chosenOf(devices, answers);
  const outcomes: DeviceOutcome[] = [];
  for (const device of chosen) outcomes.push(await resetDevice(ports, { ref, device, actor, stopped }));
  const off = outcomes.filter((outcome) => outcome.off === 'yes').length;
  const none = off === devices.length;
  const text = `${off} of ${chosen.length} MFA devices of ${ref.name} deactivated.${none ? ` ${ref.name} has none now and must enrol one.` : ''}`;
  return {
    result: resultOf(outcomes),
    text,
    details: outcomes.map((outcome, index) => withShortName(outcome.text, chosen[index])),
    shown: { blocks: [[text, ...outcomes.map((outcome) => outcome.text)].map((row): Line => [row])] },
    change: (before, at) => (off === 0 ? before : afterReset(before, ref, { off, none, at, by })),
  };
}

/** Serial numbers stand whole only where the requester alone reads them. */
function withShortName(text: string, device: MfaDevice | undefined): string {
  const name = deviceName(device?.serial ?? '');
  return name === '' ? text : text.replaceAll(name, () => shortened(name));
}

function resultOf(outcomes: readonly DeviceOutcome[]): Result {
  if (outcomes.some(({ off }) => off === 'unknown')) return 'unknown';
  if (outcomes.every(({ isComplete }) => isComplete)) return 'done';
  return outcomes.some(({ off }) => off === 'yes') ? 'partly' : 'failed';
}

interface DevicesOff {
  readonly off: number;
  /** Whether the user has none now. */
  readonly none: boolean;
  readonly at: number;
  readonly by: Person;
}

function afterReset(incident: Incident, ref: UserRef, { off, none, at, by }: DevicesOff): Incident {
  const left = none ? [...new Set([...incident.leftToDo, `${ref.name} enrols MFA (none yet)`])] : incident.leftToDo;
  const deed = { at, by, how: 'bot' as const, what: `${off} MFA device${off === 1 ? '' : 's'} of ${ref.name} deactivated` };
  return withDeed(incident, deed, { leftToDo: left, notStopped: withGoingOn(incident.notStopped, [runningSessions(ref)]) });
}

interface OneDevice extends Pick<Doing, 'actor' | 'stopped'> {
  readonly ref: UserRef;
  readonly device: MfaDevice;
}

async function resetDevice(ports: Ports, { ref, device, actor, stopped }: OneDevice): Promise<DeviceOutcome> {
  const name = nameOfDevice(device);
  const why = await stopped();
  if (why !== undefined) return { off: 'no', isComplete: false, text: `${name}: not deactivated. ${why}` };
  try {
    const isGone = async (): Promise<boolean> => !(await ports.identities.devices(ref)).some((one) => one.serial === device.serial);
    const how = await certainly(ports, () => ports.identities.deactivate(ref, device.serial, actor), isGone);
    if (how === 'unknown') {
      return {
        off: 'unknown',
        isComplete: false,
        text: `${name}: AWS gave no answer, and whether it is off is not known. Check CloudTrail for DeactivateMFADevice.`,
      };
    }
  } catch (thrown) {
    return { off: 'no', isComplete: false, text: `${name}: not deactivated. ${asAppError(thrown).message}` };
  }
  if (deviceKind(device.serial) !== 'virtual') return { off: 'yes', isComplete: true, text: `${name}: deactivated.` };
  return deleteVirtual(ports, { ref, device, actor });
}

function nameOfDevice({ serial }: MfaDevice): string {
  return `${deviceWords[deviceKind(serial)]} ${deviceName(serial)}`;
}

/** A virtual device that is only deactivated keeps its name, so that the user cannot enrol one of that name. */
async function deleteVirtual(ports: Ports, { ref, device, actor }: Omit<OneDevice, 'stopped'>): Promise<DeviceOutcome> {
  const name = nameOfDevice(device);
  const left = `Until it is deleted, ${ref.name} cannot enrol a device of that name.`;
  try {
    const isGone = async (): Promise<boolean> => !(await ports.identities.virtualDeviceExists(ref.account, device.serial));
    const how = await certainly(ports, () => ports.identities.deleteVirtual(ref.account, device.serial, actor), isGone);
    if (how !== 'unknown') return { off: 'yes', isComplete: true, text: `${name}: deactivated and deleted.` };
    return { off: 'yes', isComplete: false, text: `${name}: deactivated; whether it was deleted is not known. ${left}` };
  } catch (thrown) {
    const why = asAppError(thrown).message.replace('; nothing was changed', '');
    return { off: 'yes', isComplete: false, text: `${name}: deactivated, but not deleted. ${why} ${left}` };
  }
}
