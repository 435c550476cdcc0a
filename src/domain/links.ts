/**
 * Where a person looks in AWS's console. Every text that came from outside is encoded where it goes into an address, so that it cannot leave
 * its place. Where no address is known (a region of no partition in the table, an id that is none) `url` is undefined, and whoever shows it
 * says so. Source of the hosts: place.ts. The pages behind `#` are those that AWS's consoles show in the address bar.
 */
import { partitionAt, partitionOf, partitions } from './place.ts';

export interface Link {
  readonly label: string;
  readonly url: string | undefined;
}

/** CloudTrail's event history of a region, by event name where one is given. */
export function eventHistoryLink(region: string, eventName?: string): Link {
  const label = eventName === undefined ? 'CloudTrail event history' : `CloudTrail: ${eventName}`;
  const query = eventName === undefined ? '' : `?EventName=${encoded(eventName)}`;
  return link(label, region, `cloudtrailv2/home?region=${real(region)}#/events${query}`);
}

/** One event in CloudTrail's event history, whose id is of CloudTrail's own form. */
export function eventLink(region: string, eventId: string): Link {
  const isId = /^[\w-]{8,64}$/.test(eventId);
  return isId ? link(eventId, region, `cloudtrailv2/home?region=${real(region)}#/events/${eventId}`) : { label: eventId, url: undefined };
}

export function alarmLink(region: string, name: string): Link {
  return link(`Alarm ${name}`, region, `cloudwatch/home?region=${real(region)}#alarmsV2:alarm/${encoded(name)}`);
}

/** Longer ones are no address to Slack. Source: Block Kit reference, button element. */
const longestUrl = 3_000;

/**
 * The lines of a log group that a filter pattern finds in a window. A pattern that makes the address too long for Slack is left out of it.
 * @param window from, until: milliseconds since the epoch
 */
export function logEventsLink(region: string, group: string, window: { pattern: string; from: number; until: number }): Link {
  const times = `start=${Math.floor(window.from)}&end=${Math.floor(window.until)}`;
  const of = (query: string): Link => {
    const place = `logsV2:log-groups/log-group/${twice(encoded(group))}/log-events${twice(query)}`;
    return link(`Log group ${group}`, region, `cloudwatch/home?region=${real(region)}#${place}`);
  };
  const filtered = of(`?filterPattern=${encoded(window.pattern)}&${times}`);
  return (filtered.url ?? '').length <= longestUrl ? filtered : of(`?${times}`);
}

export function logGroupLink(region: string, group: string): Link {
  return link(`Log group ${group}`, region, `cloudwatch/home?region=${real(region)}#logsV2:log-groups/log-group/${twice(encoded(group))}`);
}

export function iamUserLink(region: string, name: string): Link {
  return iamLink(`IAM user ${name}`, region, `users/details/${encoded(name)}`);
}

export function iamUsersLink(region: string): Link {
  return iamLink('IAM users', region, 'users');
}

export function iamRolesLink(region: string): Link {
  return iamLink('IAM roles', region, 'roles');
}

/** Known only where a root user can sign in to the console: in AWS China there is none, in GovCloud it has no console. */
export function rootCredentialsLink(region: string): Link {
  const label = 'Root security credentials';
  return partitionAt(region).hasRootConsole ? iamLink(label, region, 'security_credentials') : { label, url: undefined };
}

/** Without a region: the directory's own may be another than the one that an incident is of. */
export function identityCenterLink(region: string): Link {
  return link('Identity Center users', region, 'singlesignon/home#/users');
}

function iamLink(label: string, region: string, place: string): Link {
  return link(label, region, `iam/home#/${place}`);
}

function link(label: string, region: string, path: string): Link {
  const partition = partitionOf(region);
  return { label, url: partition && `https://${partitions[partition].console(real(region))}/${path}` };
}

/** Old records say "global", which is no region of the console. */
function real(region: string): string {
  return region === 'global' ? partitions.aws.iamRegion : region;
}

/** What stands in the fragment of the Logs console is encoded once more, with `$` for `%`. */
function twice(text: string): string {
  return encoded(text).replaceAll('%', '$');
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
