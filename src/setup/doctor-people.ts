/** The doctor's checks of who may respond, and of whose user is whose. */
import type { DoctorOptions, Finding } from './finding.ts';

export async function checkGroups({ slack, responders, remediators }: DoctorOptions): Promise<Finding[]> {
  const groups = [...new Set([...responders, ...remediators])].filter((id) => id.startsWith('S'));
  const members = new Map(await Promise.all(groups.map(async (id) => [id, await slack.groupMembers(id)] as const)));
  const empty = groups.filter((id) => members.get(id)?.length === 0);
  const able = new Set(remediators.flatMap((id) => members.get(id) ?? [id]));
  const grants = remediators.filter((id) => id.startsWith('S'));
  return [
    ...empty.map((id): Finding => ({ about: `User group ${id}`, state: 'fault', says: 'Nobody is in it.', fix: 'Add those who respond, in Slack.' })),
    ...(empty.length === 0 ? [{ about: 'Slack groups', state: 'ok' as const, says: `${groups.length} user groups, none empty` }] : []),
    ...(remediators.length === 0 ? [{ about: 'REMEDIATORS', state: 'note' as const, says: 'Not set: nobody changes IAM from Slack.' }] : []),
    ...(able.size === 1 ? [aloneFinding] : []),
    ...grants.map(
      (id): Finding => ({
        about: `User group ${id}`,
        state: 'note',
        says: 'Whoever edits this Slack user group grants IAM rights.',
        fix: 'In Slack, let only admins edit user groups; or name people in REMEDIATORS.',
      }),
    ),
  ];
}

/** Nobody approves their own, lifts their own cap or ends their own freeze. */
const aloneFinding: Finding = {
  about: 'REMEDIATORS',
  state: 'note',
  says: 'One person: what waits for approval (hand over, Reset MFA, Remove access, Delete root credentials, a later Undo) is never approved, and nobody else lifts their hourly number of changes or ends their freeze. Locking out works.',
  fix: 'Name a second remediator. With APPROVALS=hand-over:0,reset-mfa:0 one person can take over any account of an incident: do not.',
};

const goneWords = { unknown: 'is not a Slack user that the app can see', deactivated: 'is deactivated in Slack' } as const;

/** Whoever is named by id: a slip, or somebody who left, is missed by nobody until they are needed. */
export async function checkPeople({ slack, responders, remediators, owners }: DoctorOptions): Promise<Finding[]> {
  const named = { RESPONDERS: responders, REMEDIATORS: remediators, PEOPLE: owners };
  const ids = [...new Set(Object.values(named).flat())].filter((id) => /^[UW]/.test(id));
  const states = new Map<string, Awaited<ReturnType<typeof slack.person>>>();
  // One after the other: Slack takes so many a minute, of the responder that runs beside as well.
  for (const id of ids) states.set(id, await slack.person(id));
  const gone = Object.entries(named).flatMap(([about, all]) =>
    [...new Set(all)].flatMap((id): Finding[] => {
      const state = states.get(id);
      if (state === undefined || state === 'active') return [];
      return [{ about, state: 'fault', says: `${id} ${goneWords[state]}.`, fix: `Correct the id in ${about}, or take it out.` }];
    }),
  );
  if (gone.length > 0 || ids.length === 0) return gone;
  return [{ about: 'Slack users', state: 'ok', says: `${ids.length} named by id, all active` }];
}

/** Whoever is mentioned in a private channel without being in it is not notified, and cannot read it. Source: "Use mentions in Slack", Slack help. */
export async function checkMembers({ slack, responders, remediators }: DoctorOptions): Promise<Finding[]> {
  const members = (await slack.channel()).isPrivate ? await slack.channelMembers() : undefined;
  if (members === undefined) return [];
  const inChannel = new Set(members);
  const found = await Promise.all(
    Object.entries({ RESPONDERS: responders, REMEDIATORS: remediators }).map(async ([about, ids]): Promise<Finding[]> => {
      const people = (await Promise.all(ids.map(async (id) => (id.startsWith('S') ? slack.groupMembers(id) : [id])))).flat();
      const outside = [...new Set(people)].filter((id) => !inChannel.has(id));
      if (outside.length === 0) return [];
      const says = `${named(outside)} not in the incident channel: they are mentioned there, and not notified.`;
      return [{ about, state: 'note', says, fix: 'Invite them to the channel, or take them out.' }];
    }),
  );
  return found.flat();
}

const mostNamed = 10;

function named(ids: readonly string[]): string {
  const more = ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : '';
  return `${ids.slice(0, mostNamed).join(', ')}${more} ${ids.length === 1 ? 'is' : 'are'}`;
}
