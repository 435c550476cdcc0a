/** What a person does in Slack, as the signed requests that Slack sends to the bot for it. Source: "Handling user interaction", "Verifying requests from Slack". */
import { createHmac } from 'node:crypto';
import type { z } from 'zod';
import type { Activity } from '../activity.ts';
import { WrongCall } from '../http.ts';
import type * as inputs from '../inputs.ts';
import { findAction, parsed, stateOf } from './payloads.ts';
import { ResponseUrls } from './response-urls.ts';
import { faultsOfView } from './validate.ts';
import { close, newTrigger, place, replace, told } from './views.ts';
import { type Channel, directOf, type OpenView, type Team, team, teamOf, type User, type Workspace } from './workspace.ts';

export const signingSecret = 'sandbox-signing-secret';
const ackMs = 3_000;
const quietMs = 200;
const longestMs = 5_000;

type Json = Record<string, unknown>;

export interface Outcome {
  readonly status: number;
  readonly ms: number;
  readonly body: string;
  readonly warning?: string;
}

export class Interactions {
  readonly #workspace: Workspace;
  readonly #activity: Activity;
  readonly #botUrl: () => string;
  readonly #responseUrls: ResponseUrls;

  constructor(workspace: Workspace, activity: Activity, botUrl: () => string, ownUrl: () => string) {
    this.#workspace = workspace;
    this.#activity = activity;
    this.#botUrl = botUrl;
    this.#responseUrls = new ResponseUrls(workspace, ownUrl);
  }

  async click(input: z.infer<typeof inputs.click>): Promise<object> {
    const user = this.#user(input.user);
    const channel = this.#channel(input.channel);
    const message = this.#workspace.message(channel.id, input.ts);
    if (message === undefined) throw new WrongCall(`ts: there is no message ${input.ts} in ${input.channel}.`);
    const action = findAction([message.blocks, ...message.earlier.toReversed()], input);
    const { earlier: _earlier, broadcast, ...shown } = message;
    return this.#around(user.id, () =>
      this.#send({
        ...this.#common('block_actions', user),
        trigger_id: newTrigger(this.#workspace, user.id),
        container: { type: 'message', message_ts: input.ts, channel_id: channel.id, is_ephemeral: false },
        channel: { id: channel.id, name: channel.name },
        message: { type: 'message', ...(broadcast ? { subtype: 'thread_broadcast' } : {}), ...shown },
        state: { values: {} },
        response_url: this.#responseUrls.issue(user.id, channel.id),
        actions: [{ ...action, action_ts: this.#workspace.nextTs() }],
      }),
    );
  }

  async clickView(input: z.infer<typeof inputs.clickView>): Promise<object> {
    const user = this.#user(input.user);
    const view = this.#view(input.view_id);
    const action = findAction([view.view.blocks], input);
    return this.#around(user.id, () =>
      this.#send({
        ...this.#common('block_actions', user),
        trigger_id: newTrigger(this.#workspace, user.id),
        container: { type: 'view', view_id: view.id },
        // What is filled in so far comes with every click.
        view: { ...told(view), state: { values: stateOf(view, input.values ?? {}).values } },
        actions: [{ ...action, action_ts: this.#workspace.nextTs() }],
      }),
    );
  }

  async submit(input: z.infer<typeof inputs.submit>): Promise<object> {
    const user = this.#user(input.user);
    const view = this.#view(input.view_id);
    if (view.view.submit === undefined) throw new WrongCall('view_id: this view has no submit button.');
    const { values, missing } = stateOf(view, input.values ?? {});
    if (Object.keys(missing).length > 0) return { status: 0, ms: 0, response_action: 'errors', errors: missing, views: [] };
    let answered: Json = {};
    const result = await this.#around(user.id, async () => {
      const outcome = await this.#send({
        ...this.#common('view_submission', user),
        trigger_id: newTrigger(this.#workspace, user.id),
        view: { ...told(view), state: { values } },
        response_urls: [],
      });
      answered = outcome.status === 200 ? this.#afterSubmit(view, outcome.body) : {};
      return outcome;
    });
    return { ...result, ...answered };
  }

  async closeView(input: { user: string; view_id: string }): Promise<object> {
    const view = this.#view(input.view_id);
    close(this.#workspace, view.user, false);
    if (!view.view.notify_on_close) return { status: 0, views: [] };
    const user = this.#user(input.user);
    return this.#around(user.id, () => this.#send({ ...this.#common('view_closed', user), view: told(view), is_cleared: false }));
  }

  async command(input: z.infer<typeof inputs.command>): Promise<object> {
    const user = this.#user(input.user);
    const channel = this.#channel(input.channel);
    if (!this.#workspace.commands.includes(input.command)) throw new WrongCall(`command: manifest.yml has no command ${input.command}.`);
    const url = this.#responseUrls.issue(user.id, channel.id);
    const form = new URLSearchParams({
      token: 'sandbox',
      ...typedIn(user),
      channel_id: channel.id,
      channel_name: channel.name,
      user_id: user.id,
      user_name: user.name,
      command: input.command,
      text: input.text ?? '',
      api_app_id: 'A01SANDBOX',
      response_url: url,
      trigger_id: newTrigger(this.#workspace, user.id),
    });
    let body: unknown;
    const result = await this.#around(user.id, async () => {
      const outcome = await this.#post(form.toString(), 'application/x-www-form-urlencoded', `${input.command} ${input.text ?? ''}`);
      body = parsed(outcome.body) ?? outcome.body;
      if (outcome.status === 200 && outcome.body !== '')
        this.#responseUrls.answer(url.split('/').at(-1) ?? '', typeof body === 'object' ? (body as Json) : { text: body });
      return outcome;
    });
    return { ...result, body };
  }

  /** Somebody opens the App Home tab. */
  async openHome(input: { user: string }): Promise<object> {
    const user = this.#user(input.user);
    const event = { type: 'app_home_opened', user: user.id, channel: directOf(user.id), tab: 'home', event_ts: this.#workspace.nextTs() };
    const body = {
      type: 'event_callback',
      ...typedIn(user),
      api_app_id: 'A01SANDBOX',
      event,
      event_id: this.#workspace.nextId('Ev'),
      event_time: Math.floor(Date.now() / 1_000),
    };
    return this.#around(user.id, () => this.#post(JSON.stringify(body), 'application/json', 'app_home_opened'));
  }

  /** What the bot posts to a response_url. */
  answerResponseUrl(id: string, body: Json): { status: number; text: string } {
    const answer = this.#responseUrls.answer(id, body);
    const ok = answer.status === 200;
    this.#workspace.requests.push({ at: this.#workspace.clock.now(), method: 'response_url', args: body, ok, ...(ok ? {} : { error: answer.text }) });
    this.#workspace.exchange({ from: 'bot', what: 'response_url', status: ok ? 'ok' : answer.text });
    return answer;
  }

  /** Runs an interaction, waits until the bot is quiet, and tells what it brought about for that person. */
  async #around(user: string, act: () => Promise<Outcome>): Promise<Json & Outcome> {
    const before = new Map(this.#workspace.views.map((view) => [view.id, view.hash]));
    const ephemerals = this.#workspace.ephemerals.length;
    const outcome = await act();
    await this.#activity.quiet(quietMs, longestMs);
    const views = this.#workspace.views.filter((view) => view.user === user && before.get(view.id) !== view.hash).map(told);
    return { ...outcome, views, ephemerals: this.#workspace.ephemerals.slice(ephemerals).filter((one) => one.user === user) };
  }

  #afterSubmit(view: OpenView, body: string): Json {
    const answer = parsed(body) as Json | undefined;
    const action = answer?.response_action;
    if (action === undefined) {
      close(this.#workspace, view.user, false);
      return {};
    }
    const faults = action === 'update' || action === 'push' ? faultsOfView(answer?.view as Json) : [];
    if (faults.length > 0) return { response_action: 'invalid', errors: { view: faults.join('; ') } };
    if (action === 'clear') close(this.#workspace, view.user, true);
    if (action === 'update') replace(this.#workspace, view, answer?.view as OpenView['view']);
    if (action === 'push') place(this.#workspace, view.user, answer?.view as OpenView['view'], view);
    return { response_action: action, ...(answer?.errors ? { errors: answer.errors } : {}) };
  }

  #common(type: string, user: User): Json {
    return {
      type,
      api_app_id: 'A01SANDBOX',
      token: 'sandbox',
      ...clickedIn(user),
      user: { id: user.id, username: user.name, name: user.name, team_id: user.team },
    };
  }

  #send(payload: Json): Promise<Outcome> {
    const [action] = (payload.actions as { action_id?: string }[] | undefined) ?? [];
    const what = [payload.type, action?.action_id ?? (payload.view as { callback_id?: string } | undefined)?.callback_id].filter(Boolean).join(' ');
    return this.#post(`payload=${encodeURIComponent(JSON.stringify(payload))}`, 'application/x-www-form-urlencoded', what);
  }

  async #post(body: string, contentType: string, what: string): Promise<Outcome> {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    const headers = { 'content-type': contentType, 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp };
    const start = Date.now();
    const done = this.#activity.begin();
    const result = await fetch(`${this.#botUrl()}/slack/events`, { method: 'POST', headers, body, signal: AbortSignal.timeout(15_000) })
      .then(async (response) => ({ status: response.status, body: await response.text() }))
      .catch(() => ({ status: 0, body: '' }));
    done();
    const ms = Date.now() - start;
    const warning = result.status !== 200 || ms > ackMs ? 'This app did not respond in time.' : undefined;
    this.#workspace.exchange({ from: 'slack', what, status: `${result.status} in ${ms} ms` });
    return { ...result, ms, ...(warning ? { warning } : {}) };
  }

  #user(id: string): User {
    const found = this.#workspace.user(id);
    if (found === undefined) throw new WrongCall(`user: there is no user ${id}; /api/state lists them.`);
    return found;
  }

  #channel(id: string): Channel {
    const found = this.#workspace.channel(id);
    if (found === undefined) throw new WrongCall(`channel: there is no channel ${id}.`);
    return found;
  }

  #view(id: string): OpenView {
    const found = this.#workspace.viewById(id);
    if (found === undefined) throw new WrongCall(`view_id: there is no open view ${id}.`);
    return found;
  }
}

/** Where somebody is in Slack: people of the organisation in the workspace of the app, a partner's people in their own. */
function placeOf(user: User): Team {
  const home = teamOf(user.team);
  return home.organisation === undefined ? home : teamOf(team);
}

function clickedIn(user: User): Json {
  const { id, domain, organisation } = placeOf(user);
  const named = organisation ? { enterprise_id: organisation.id, enterprise_name: organisation.name } : {};
  return { team: { id, domain, ...named }, enterprise: organisation ?? null, is_enterprise_install: false };
}

/** The same as a command and an event say it. */
function typedIn(user: User): Record<string, string> {
  const { id, domain, organisation } = placeOf(user);
  return { team_id: id, team_domain: domain, ...(organisation ? { enterprise_id: organisation.id, enterprise_name: organisation.name } : {}) };
}
