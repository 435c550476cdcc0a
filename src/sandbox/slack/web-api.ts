/** The methods of the Web API that the bot may call, with Slack's checks and errors. Source: the methods' reference pages. */

import type { Activity } from '../activity.ts';
import { type Faults, type SlackFault, withTransportFault } from '../faults.ts';
import { type Call, sendJson } from '../http.ts';
import type { Uploads } from './files.ts';
import { messageMethods } from './messages.ts';
import { type Answer, type Args, failure, type Method } from './method.ts';
import { retryAfter } from './rates.ts';
import { viewMethods } from './views.ts';
import { botId, botUser, directOf, emailOf, team, teamOf, type Workspace } from './workspace.ts';

/** Everything that the real API takes as a JSON string in a form. */
const jsonArgs = new Set(['blocks', 'metadata', 'view', 'attachments', 'files']);

interface Api {
  readonly workspace: Workspace;
  readonly faults: Faults;
  readonly activity: Activity;
  readonly uploads: Uploads;
  readonly url: () => string;
}

export function webApi({ workspace, faults, activity, uploads, url }: Api): (call: Call) => Promise<void> {
  const methods: Record<string, Method> = {
    ...basicMethods(workspace, url),
    ...messageMethods(workspace),
    ...viewMethods(workspace),
    ...uploads.methods(),
  };

  const run = (name: string, args: Args, token: string | undefined): Answer => {
    // Nothing listens there: Socket Mode is not emulated.
    if (name === 'apps.connections.open' && token?.startsWith('xapp-')) return { ok: true, url: 'wss://127.0.0.1/none' };
    const method = methods[name];
    if (method === undefined) return failure('unknown_method');
    if (token !== 'xoxb-sandbox') return failure(token === undefined ? 'not_authed' : 'invalid_auth');
    const missing = method.scopes.length > 0 && !method.scopes.some((scope) => workspace.scopes.includes(scope));
    return missing ? failure('missing_scope') : method.run(args);
  };

  return async (call) => {
    const name = call.rest;
    const done = activity.begin();
    const { token, args } = argsOf(call);
    const process = (): Answer => {
      const answer = run(name, args, token);
      record(workspace, name, args, answer.ok, answer.error);
      return answer;
    };
    try {
      const fault = faults.takeSlack(name);
      const seconds = fault === undefined ? retryAfter(workspace, name, args) : undefined;
      if (seconds !== undefined) return sendFault(workspace, call, name, args, { mode: '429', times: 1, error: 'ratelimited', retryAfter: seconds });
      const send = async (): Promise<void> => {
        // Slack tells the token's scopes in a header of every answer.
        call.response.setHeader('x-oauth-scopes', workspace.scopes.join(','));
        sendJson(call.response, 200, process());
      };
      if (fault === undefined) return await send();
      if (await withTransportFault(fault.mode, call, fault.ms, send, async () => void process())) {
        if (fault.mode.endsWith('before')) record(workspace, name, args, false, fault.mode);
        return;
      }
      sendFault(workspace, call, name, args, fault);
    } finally {
      done();
    }
  };
}

function sendFault(workspace: Workspace, { response }: Call, name: string, args: Args, fault: SlackFault): void {
  record(workspace, name, args, false, fault.error ?? fault.mode);
  if (fault.mode === '429') {
    response
      .writeHead(429, { 'retry-after': String(fault.retryAfter ?? 1), 'content-type': 'application/json' })
      .end('{"ok":false,"error":"ratelimited"}');
  } else if (fault.mode === '500') {
    response.writeHead(500).end('oops');
  } else {
    sendJson(response, 200, failure(fault.error ?? 'fatal_error'));
  }
}

function record(workspace: Workspace, method: string, args: Args, ok: boolean, error: string | undefined): void {
  workspace.requests.push({ at: workspace.clock.now(), method, args, ok, ...(error ? { error } : {}) });
  workspace.exchange({ from: 'bot', what: method, status: ok ? 'ok' : (error ?? 'failed') });
}

function argsOf({ request, body }: Call): { token: string | undefined; args: Args } {
  const isJson = String(request.headers['content-type']).includes('json');
  const raw: Args = isJson ? (JSON.parse(body.toString('utf8') || '{}') as Args) : Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  const { token, ...rest } = raw;
  const args = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, jsonArgs.has(key) && typeof value === 'string' ? parsed(value) : value]),
  );
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return { token: bearer ?? (token as string | undefined), args };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function basicMethods(workspace: Workspace, url: () => string): Record<string, Method> {
  return {
    'auth.test': {
      scopes: [],
      run: () => {
        const who = { user: 'signin-responder', user_id: botUser, bot_id: botId, app_id: 'A01SANDBOX' };
        const where = { team: 'Sandbox', team_id: team, enterprise_id: teamOf(team).organisation?.id, is_enterprise_install: false };
        return { ok: true, url: `${url()}/`, ...where, ...who };
      },
    },
    'users.info': {
      scopes: ['users:read'],
      run: ({ user }) => {
        const found = workspace.user(String(user));
        return found
          ? { ok: true, user: { id: found.id, name: found.name, real_name: found.realName, team_id: found.team } }
          : failure('user_not_found');
      },
    },
    'users.lookupByEmail': {
      scopes: ['users:read.email'],
      run: ({ email }) => {
        const found = workspace.users.find((one) => one.team === team && emailOf(one) === String(email).toLowerCase());
        if (found === undefined) return failure('users_not_found');
        return { ok: true, user: { id: found.id, name: found.name, real_name: found.realName, team_id: found.team, deleted: false } };
      },
    },
    'usergroups.list': {
      scopes: ['usergroups:read'],
      run: () => ({ ok: true, usergroups: workspace.usergroups.map(({ id, handle }) => ({ id, handle, name: handle })) }),
    },
    'usergroups.users.list': {
      scopes: ['usergroups:read'],
      run: ({ usergroup }) => {
        const found = workspace.usergroups.find(({ id }) => id === usergroup);
        return found && !found.disabled ? { ok: true, users: found.users } : failure('no_such_subteam');
      },
    },
    'conversations.open': {
      scopes: ['im:write'],
      run: ({ users }) => {
        const [id, ...others] = String(users ?? '').split(',');
        if (!id) return failure('users_list_not_supplied');
        if (others.length > 0) return failure('unknown_method');
        if (id === botUser) return failure('cannot_dm_bot');
        const found = workspace.user(id);
        // People of another workspace are seen in shared channels only.
        if (found === undefined || teamOf(found.team).organisation === undefined) return failure('user_not_found');
        return { ok: true, channel: { id: directOf(found.id) } };
      },
    },
    'conversations.members': {
      scopes: ['channels:read', 'groups:read'],
      run: ({ channel }) =>
        workspace.channel(String(channel))
          ? { ok: true, members: [...workspace.users.map(({ id }) => id), botUser], response_metadata: { next_cursor: '' } }
          : failure('channel_not_found'),
    },
    'conversations.info': {
      scopes: ['channels:read', 'groups:read'],
      run: ({ channel }) => {
        const found = workspace.channel(String(channel));
        return found
          ? {
              ok: true,
              channel: {
                id: found.id,
                name: found.name,
                is_archived: found.archived,
                is_member: found.member,
                is_private: found.isPrivate,
                is_ext_shared: found.shared,
                num_members: found.people,
              },
            }
          : failure('channel_not_found');
      },
    },
  };
}
