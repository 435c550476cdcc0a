/**
 * Every response on every kind of target that it is for, on the emulated AWS: what was so before, the calls it made and for whom, what was read back,
 * what the card says, and its undo: either all is as before, or the form said before the press that it cannot be taken back. The list comes from
 * the modules, so that a new one has its row or fails here. The table is printed.
 */
import { afterAll, afterEach, expect, it } from 'vitest';
import { undoable } from '../../src/domain/incident/contained.ts';
import type { EntryBody } from '../../src/domain/incident/timeline.ts';
import { keptWords } from '../../src/domain/response/kept-state.ts';
import { changesAws, type Response } from '../../src/domain/response/response.ts';
import { kindsIn, type Target, type TargetKind } from '../../src/domain/response/target.ts';
import { followResponses } from '../../src/features/follow-responses.ts';
import { type Given, give } from '../../src/features/give-response.ts';
import { type Planned, prepare } from '../../src/features/prepare-response.ts';
import { noteRemediators } from '../../src/features/remediators.ts';
import { decide } from '../../src/features/requests.ts';
import { quarantine } from '../../src/features/responses/quarantine.ts';
import { undo } from '../../src/features/responses/undo.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import type { IdentityCenter } from '../../src/sandbox/aws/person-shapes.ts';
import type { Attached, Inline } from '../../src/sandbox/aws/principal-shapes.ts';
import type { AwsCall } from '../../src/sandbox/aws/state.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { drawCard } from '../../src/slack/card.ts';
import { confirmForm } from '../../src/slack/forms.ts';
import { alarmName, everyTarget, recordOf } from '../support/every-target.ts';
import { person } from '../support/responding.ts';
import { type BeyondIam, beyondIam } from '../support/responding-beyond-iam.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

const bob = person('bob');
let here: BeyondIam;
afterEach(() => here.stop());

const rows: string[][] = [];
afterAll(() => {
  const head = ['response', 'of', 'before', 'calls (for whom, tags, request id)', 'after', 'read back', 'on the card', 'undone by', 'then'];
  for (const row of [head, ...rows]) process.stdout.write(`${row.join(' | ')}\n`);
});

const whose: Partial<Record<TargetKind, string>> = { role: 'role/web', root: 'root' };

async function open(kind: TargetKind): Promise<void> {
  here = await beyondIam(responses, recordOf(everyTarget[kind], Date.now()), { approvals: new Map(responses.map(({ id }) => [id, 0])) });
  here.prod.signInSessions = sessionsOf(2, { who: whose[kind] ?? 'user/bella', now: here.aws.clock.now() });
  if (kind === 'alarm') Object.assign(here.prod.alarms[alarmName] ?? {}, { state: 'ALARM', breaching: true });
  const ids = ['bob', 'carmen'].map((name) => person(name).id);
  await noteRemediators(here.world.ports, { ids, at: here.replica.now, from: '', begunAt: here.replica.now });
}

const namesOf = (attached: readonly Attached[] = [], inline: readonly Inline[] = []): string =>
  [...attached.map(({ arn, until }) => ({ name: arn.split('/').at(-1), until })), ...inline]
    .flatMap(({ name, until }) => (until === undefined ? [name] : []))
    .join(' ') || 'none';

/** All that any of them changes. */
function state(): Record<string, string> {
  const { users, roles, root, signInSessions = [], alarms } = here.prod;
  const { bella } = users;
  const { assignments, memberships } = here.hub.identityCenter as IdentityCenter;
  return {
    password: bella?.loginProfile?.password === 'Old-bella-1' ? 'the user’s' : 'another',
    'change forced': String(bella?.loginProfile?.passwordResetRequired),
    'MFA devices': String(bella?.mfaDevices.length),
    keys: bella?.accessKeys.map(({ status }) => status).join(' ') ?? '',
    'policies of bella': namesOf(bella?.attachedPolicies, bella?.inlinePolicies),
    'policies of web': namesOf(roles?.web?.attachedPolicies, roles?.web?.inlinePolicies),
    'sign-in sessions': `${signInSessions.filter(({ status }) => status === 'ACTIVE').length} active`,
    root:
      root === undefined
        ? ''
        : Object.values(root)
            .map((one) => (Array.isArray(one) ? one.length : Number(one !== null)))
            .join(),
    alarm: alarms[alarmName]?.state ?? '',
    assignments: assignments
      .map(({ permissionSetArn, account, principalId }) => `${permissionSetArn.slice(-4)} ${account} ${principalId}`)
      .toSorted()
      .join(),
    groups: memberships
      .map(({ groupId, userId }) => `${groupId.slice(0, 8)} ${userId.slice(0, 8)}`)
      .toSorted()
      .join(),
  };
}

type State = ReturnType<typeof state>;
const unlike = (one: State, other: State): string[] => Object.keys(one).filter((what) => one[what] !== other[what]);
const told = (of: State, which: readonly string[]): string => which.map((what) => `${what}: ${of[what]}`).join('; ') || 'the same';

const changesMade = (from: number): AwsCall[] =>
  here.aws.state.calls
    .slice(from)
    .filter(({ service, operation }) => service !== 'sts' && !/^(Get|List|Describe|Lookup|Simulate|Filter)/.test(operation));

/** Carries it out, with carmen's approval where it hits more people than one. */
async function carriedOut(response: Planned, target: Target): Promise<EntryBody[]> {
  const before = (await outcomes()).length;
  let given = await here.respond(response, target);
  if (given.is === 'requested') given = await approved(response, target);
  if (given.is !== 'begun') throw new Error(JSON.stringify(given));
  await given.finish(async () => 'shown');
  for (let tries = 0; tries < 20 && (await outcomes()).length === before; tries++) {
    here.replica.now += 5_000;
    await here.aws.clock.advance(5);
    await followResponses(here.world);
  }
  return (await outcomes()).slice(before);
}

async function outcomes(): Promise<EntryBody[]> {
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 100 });
  return entries.toReversed().flatMap(({ body }) => (body.phase === 'outcome' ? [body] : []));
}

async function approved(response: Planned, target: Target): Promise<Given> {
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const seq = entries.find(({ body }) => body.phase === 'request')?.seq ?? 0;
  const request = await here.replica.store.request(1, seq);
  if (request === undefined) throw new Error('no request');
  expect(await decide(here.world, person('carmen'), { incident: 1, seq, verb: 'approve', facts: request.facts })).toMatchObject({ ok: true });
  return give(here.world, { clicker: bob, incident: 1, response, target }, { ...request, request: seq });
}

/** What is read before the press. */
async function formOf(response: Planned, target: Target): Promise<string> {
  const shown = await prepare(here.world, { clicker: bob, incident: 1, response, target });
  if (!shown.ok) throw new Error(shown.message);
  const alternatives = responses.filter(({ button }) => button.id === response.button.id);
  return textOfBlocks(confirmForm(shown.prepared, target, { alternatives }).blocks as never);
}

async function card(): Promise<string> {
  const { settings } = here.world.ports;
  const options = { accounts: settings.accounts, responders: [], remediatorsExist: true, responses, reach: settings, permalink: () => '' };
  const said = textOfBlocks(drawCard(await here.incident(), options, new Map()).blocks as never).split('\n');
  return said.filter((line) => /^(Stopped|Not stopped|Under quarantine|By the bot|Left to do)/.test(line)).join(' / ');
}

/** What gives back what was taken: each Undo that the incident offers, commands that a person copies, or AWS by itself. */
async function takenBack(response: Response, done: readonly EntryBody[]): Promise<void> {
  if (response === undo) await carriedOut(quarantine, everyTarget['iam-user']);
  else for (const { incident, seq } of undoable(await here.incident())) await carriedOut(undo, { kind: 'entry', incident, seq });
  for (const command of done.flatMap(({ toCopy = [] }) => toCopy).flatMap(({ commands }) => commands)) copied(command);
  if (response.target === 'alarm') await here.aws.clock.advance(120);
}

/** Runs one of the commands that give back what was taken; others are none of an undo. */
function copied(command: string): void {
  const center = here.hub.identityCenter as IdentityCenter;
  const given = (name: string): string => new RegExp(`--${name} (\\S+)`).exec(command)?.[1] ?? '';
  if (command.startsWith('aws sso-admin create-account-assignment'))
    center.assignments.push({
      account: given('target-id'),
      permissionSetArn: given('permission-set-arn'),
      principalId: given('principal-id'),
      principalType: 'USER',
    });
  const [, of, holder] = /^aws iam delete-(user|role)-policy --\w+-name (\S+)/.exec(command) ?? [];
  const whose = of === 'role' ? here.prod.roles?.[holder ?? ''] : here.prod.users[holder ?? ''];
  for (const one of whose?.inlinePolicies ?? []) if (one.name === given('policy-name')) one.until = here.aws.clock.now();
  if (command.startsWith('aws identitystore create-group-membership'))
    center.memberships.push({ id: 'again', groupId: given('group-id'), userId: given('member-id').replace('UserId=', '') });
}

/** What there is to undo, where that is what it is about. */
async function targetFor(kind: TargetKind): Promise<Target> {
  if (kind !== 'entry') return everyTarget[kind];
  await carriedOut(quarantine, everyTarget['iam-user']);
  const [one] = undoable(await here.incident());
  return { kind: 'entry', incident: one?.incident ?? 0, seq: one?.seq ?? 0 };
}

const readBackIn = ({ after, details = [], text }: EntryBody): string =>
  after === undefined ? (details.find((line) => line.startsWith('Read back')) ?? text) : keptWords(after);

const all = responses.flatMap((response) => kindsIn(response.target).map((kind) => ({ response, kind, id: response.id })));

it.each(all)('$id of $kind', async ({ response, kind }) => {
  await open(kind);
  const target = await targetFor(kind);
  const form = response.kind !== 'step' && changesAws(response) ? await formOf(response, target) : '';
  const [before, from] = [state(), here.aws.state.calls.length];
  if (response.kind === 'step') {
    const answer = await transition(here.world.ports, bob, { response, incident: 1, answers: { verdict: 'mistake', note: '' } });
    expect(unlike(before, state())).toEqual([]);
    expect(changesMade(from)).toEqual([]);
    rows.push([response.label, kind, 'nothing of AWS', 'none', 'the same', answer.ok ? '' : answer.message, '', response.undo, 'as before']);
    return;
  }
  const done = await carriedOut(response, target);
  expect(done.map(({ result }) => result)).toEqual(done.map(() => 'done'));
  const [after, made, said] = [state(), changesMade(from), await card()];
  expect(made.length > 0).toBe(changesAws(response));
  for (const { sourceIdentity, tags, requestId } of made) {
    expect(sourceIdentity).toBe(bob.id);
    // AssumeRoot hands on who it is for, and no tags.
    if (kind !== 'root' || response.id === 'end-sessions') expect(tags).toMatchObject({ person: bob.id, incident: 'SIN-1' });
    expect(done.flatMap(({ requests = [] }) => requests).join()).toContain(requestId);
  }
  const changed = unlike(before, after);
  expect(changed.length > 0).toBe(changesAws(response));
  if (response.access === 'takes') expect(said).toMatch(/Stopped: /);
  await takenBack(response, done);
  const lasting = unlike(before, state());
  if (lasting.length > 0) expect(form).toMatch(/cannot be taken back/i);
  expect(form === '' || form.includes(response.undo)).toBe(true);
  rows.push([
    response.label,
    kind,
    told(before, changed),
    made
      .map(({ operation, sourceIdentity, tags, requestId }) => `${operation} ${sourceIdentity} ${Object.values(tags ?? {})} ${requestId.slice(0, 8)}`)
      .join('; ') || 'none',
    told(after, changed),
    done.map(readBackIn).join('; '),
    said,
    response.undo,
    lasting.length === 0 ? 'as before' : `cannot be taken back (${lasting.join(', ')}): said before the press`,
  ]);
});
