/**
 * Who is one of us. In an organisation (Enterprise Grid) `user.team_id` of a click is the person's own workspace or the organisation itself, and
 * that of a slash command the workspace it was typed in; `team` may be null. Sources: "block_actions payload", "auth.test" (docs.slack.dev), and
 * github.com/slackapi/bolt-js/issues/1875.
 */

import type { Home } from '../domain/response/who-may.ts';

/**
 * Whether somebody is of the bot's own workspace, or of its organisation. Ids of workspaces begin with T, of organisations with E; an
 * installation in a whole organisation has its id for a team.
 */
export function isOneOfUs(own: Home, person: Home): boolean {
  const ours = [own.team, own.organisation].filter((id) => id !== undefined);
  if (person.team !== undefined && ours.includes(person.team)) return true;
  // Another organisation's own id is as good as its word.
  if (person.team?.startsWith('E')) return false;
  return person.organisation !== undefined && ours.includes(person.organisation);
}

type Told = string | null | undefined;

/** Slack leaves out what there is not, or sends null or nothing in its place. */
export function homeFrom(team: Told, organisation: Told): Home {
  return { team: team || undefined, organisation: organisation || undefined };
}

export interface Payload {
  readonly team?: { readonly id: string; readonly enterprise_id?: Told } | null;
  readonly user: { readonly team_id?: Told };
  readonly enterprise?: { readonly id: string } | null;
}

/** Of a click or a submitted view. Where what it says of the organisation contradicts itself, it says nothing. */
export function homeOf({ team, user, enterprise }: Payload): Home {
  const told = [...new Set([enterprise?.id, team?.enterprise_id].filter((id) => typeof id === 'string' && id !== ''))];
  return homeFrom(user.team_id || team?.id, told.length === 1 ? told[0] : undefined);
}
