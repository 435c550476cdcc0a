/**
 * How often Slack takes a call, on the sandbox's clock: posts one a second in a channel, with a short burst; the rest by tier, so many a minute.
 * Source: "Rate limits", docs.slack.dev, and the methods' reference pages. Slack allows bursts beyond a tier without saying how long: none here.
 */
import type { Args } from './method.ts';
import type { Workspace } from './workspace.ts';

const posts = { everyMs: 1_000, burst: 5 };
const perMinute: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'chat.delete': 50,
  'conversations.history': 50,
  'conversations.replies': 50,
  'conversations.info': 50,
  'conversations.open': 50,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'usergroups.list': 20,
  'usergroups.users.list': 20,
};
const minuteMs = 60_000;

/** Counts a call. @returns in how many seconds to call again, where it is one too many; it is not counted then */
export function retryAfter(workspace: Workspace, method: string, args: Args): number | undefined {
  if (method === 'chat.postMessage') return inBurst(workspace, `${method} ${args.channel}`);
  const most = perMinute[method];
  return most === undefined ? undefined : within(workspace, method, most, minuteMs);
}

/** A bucket of so many posts that fills by one a second; kept is when it will be full again. */
function inBurst({ clock, calls }: Workspace, key: string): number | undefined {
  const now = clock.now();
  const full = Math.max(now, calls.get(key)?.[0] ?? now) + posts.everyMs;
  const early = full - now - posts.burst * posts.everyMs;
  if (early > 0) return Math.ceil(early / 1_000);
  calls.set(key, [full]);
  return undefined;
}

function within({ clock, calls }: Workspace, key: string, most: number, windowMs: number): number | undefined {
  const now = clock.now();
  const recent = (calls.get(key) ?? []).filter((at) => at > now - windowMs);
  const [oldest] = recent;
  if (oldest !== undefined && recent.length >= most) return Math.ceil((oldest + windowMs - now) / 1_000);
  calls.set(key, [...recent, now]);
  return undefined;
}
