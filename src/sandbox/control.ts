/** The control API: everything that the page does, and what only a test would. See DESIGN, "The sandbox, and its control API". */
import { logEvents, putLogEvents } from './aws/log-groups.ts';
import { topicArn } from './aws/names.ts';
import type { Account, Alarm } from './aws/shapes.ts';
import { signsIn } from './aws/sign-in.ts';
import { putLetter, queueNamed } from './aws/sqs.ts';
import type { AwsState } from './aws/state.ts';
import { type Call, jsonOf, type Routes, WrongCall } from './http.ts';
import * as inputs from './inputs.ts';
import { playSignals, scenarioNames, titleOfScenario } from './scenarios.ts';
import { shown } from './slack/messages.ts';
import { told } from './slack/views.ts';
import type { World } from './world.ts';

const query = (call: Call, name: string): string | undefined => call.url.searchParams.get(name) ?? undefined;

export function controlRoutes(world: World): Routes {
  return { ...slackRoutes(world), ...awsRoutes(world), ...botRoutes(world) };
}

function slackRoutes({ workspace, interactions }: World): Routes {
  const userOf = (call: Call): string | undefined => {
    const id = query(call, 'user');
    if (id !== undefined && workspace.user(id) === undefined) throw new WrongCall(`user: there is no user ${id}.`);
    return id;
  };
  const of = (user: string | undefined) => (one: { user: string }) => user === undefined || one.user === user;
  return {
    'GET /api/slack/messages': (call) => {
      const asked = query(call, 'channel');
      const channel = asked === undefined ? undefined : workspace.channel(asked);
      if (asked !== undefined && channel === undefined) throw new WrongCall(`channel: there is no channel ${asked}.`);
      const wanted = workspace.messages.filter((message) => !message.deleted && (channel === undefined || message.channel === channel.id));
      return { messages: wanted.map((message) => shown(message, true)) };
    },
    'GET /api/slack/ephemerals': (call) => ({ ephemerals: workspace.ephemerals.filter(of(userOf(call))) }),
    'GET /api/slack/views': (call) => ({
      views: workspace.views.filter(of(userOf(call))).map((view) => ({ user: view.user, ...told(view) })),
    }),
    'GET /api/slack/home': (call) => {
      const home = workspace.homes.get(userOf(call) ?? '');
      return { view: home === undefined ? null : told(home) };
    },
    'GET /api/slack/files': () => ({ files: workspace.files }),
    'GET /api/slack/requests': () => ({ requests: workspace.requests }),
    'POST /api/slack/click': (call) => interactions.click(jsonOf(call, inputs.click)),
    'POST /api/slack/click-view': (call) => interactions.clickView(jsonOf(call, inputs.clickView)),
    'POST /api/slack/submit': (call) => interactions.submit(jsonOf(call, inputs.submit)),
    'POST /api/slack/close-view': (call) => interactions.closeView(jsonOf(call, inputs.view)),
    'POST /api/slack/command': (call) => interactions.command(jsonOf(call, inputs.command)),
    'POST /api/slack/open-home': (call) => interactions.openHome(jsonOf(call, inputs.user)),
    'POST /api/slack/channel': (call) => {
      const { id, ...change } = jsonOf(call, inputs.channel);
      const channel = workspace.channels.find((one) => one.id === id);
      if (channel === undefined) throw new WrongCall(`id: there is no channel ${id}.`);
      Object.assign(channel, change);
      workspace.changed();
      return { channel };
    },
    'POST /api/slack/scopes': (call) => {
      workspace.scopes = jsonOf(call, inputs.scopes).scopes;
      return { scopes: workspace.scopes };
    },
    'POST /api/slack/usergroup': (call) => {
      const { id, users, disabled } = jsonOf(call, inputs.usergroup);
      const group = workspace.usergroups.find((one) => one.id === id);
      if (group === undefined) throw new WrongCall(`id: there is no user group ${id}.`);
      if (users !== undefined) group.users = users;
      if (disabled !== undefined) group.disabled = disabled;
      return { usergroup: group };
    },
    'POST /api/slack/delete': (call) => {
      const { channel, ts } = jsonOf(call, inputs.message);
      const message = workspace.message(channel, ts);
      if (message === undefined) throw new WrongCall(`ts: there is no message ${ts}.`);
      message.deleted = true;
      workspace.changed();
      return { ok: true };
    },
  };
}

function awsRoutes(world: World): Routes {
  const { aws, alarms, clock } = world;
  const accountOf = (account: string | undefined): { id: string; found: Account } => {
    const id = account ?? Object.keys(aws.accounts).at(-1) ?? '';
    const found = aws.accounts[id];
    if (found === undefined) throw new WrongCall(`account: there is no account ${id}.`);
    return { id, found };
  };
  return {
    'POST /api/sns/publish': (call) => world.publish(jsonOf(call, inputs.publish)),
    'GET /api/aws/pages': () => ({ pages: aws.pages }),
    'GET /api/aws': () => ({ accounts: aws.accounts, calls: aws.calls, buckets: aws.buckets }),
    'PUT /api/aws': (call) => {
      aws.accounts = jsonOf(call, inputs.awsState).accounts;
      return { accounts: aws.accounts };
    },
    'POST /api/aws/sign-in': (call) => {
      const { account, user, password } = jsonOf(call, inputs.signIn);
      return signsIn(aws, { account, userName: user, password });
    },
    'POST /api/aws/trail': (call) => {
      const { account, region = 'us-east-1', records, delaySeconds = 0 } = jsonOf(call, inputs.trail);
      const { found } = accountOf(account);
      for (const record of records) found.trail.push({ region, visibleAt: clock.now() + delaySeconds * 1_000, record });
      return { trail: found.trail.length };
    },
    'POST /api/aws/log': (call) => {
      const { account, region = 'us-east-1', group, records, delaySeconds = 0 } = jsonOf(call, inputs.log);
      const { id } = accountOf(account);
      const events = logEvents(records, clock.now(), delaySeconds);
      return { group, events: putLogEvents(aws, { account: id, region, group }, events).events.length };
    },
    'POST /api/aws/letter': (call) => {
      const { queue, body } = jsonOf(call, inputs.letter);
      const isThere = putLetter(aws, queueNamed(queue), typeof body === 'string' ? body : JSON.stringify(body));
      if (!isThere) throw new WrongCall(`queue: there is no queue ${queue}.`);
      return { queue };
    },
    'POST /api/aws/alarm': (call) => {
      const { name, region, state: to, reason, reasonData, breaching } = jsonOf(call, inputs.alarm);
      const [account, alarm] = alarmNamed(aws, name, region) ?? [];
      if (account === undefined || alarm === undefined) throw new WrongCall(`name: there is no alarm ${name}.`);
      if (breaching !== undefined) alarm.breaching = breaching;
      const data = reasonData === undefined ? {} : { data: JSON.stringify(reasonData) };
      alarms.change(account, alarm, { to, why: reason === undefined ? undefined : { reason, ...data } });
      return { alarm };
    },
  };
}

function alarmNamed({ accounts }: AwsState, name: string, region: string | undefined): readonly [string, Alarm] | undefined {
  return Object.entries(accounts)
    .flatMap(([id, account]) => Object.values(account.alarms).map((alarm) => [id, alarm] as const))
    .find(([, alarm]) => alarm.name === name && (region === undefined || alarm.region === region));
}

function botRoutes(world: World): Routes {
  const { bot, clock, faults, workspace, aws } = world;
  return {
    'GET /api/state': () => ({
      bot: { ...bot.listening, ready: bot.ready, pid: bot.pid ?? null },
      slack: {
        users: workspace.users.map(({ id, name, realName, role }) => ({ id, name, realName, role })),
        channels: workspace.channels,
        usergroups: workspace.usergroups,
        commands: workspace.commands,
      },
      aws: { accounts: Object.keys(aws.accounts), topicArn },
      now: clock.now(),
      scenarios: scenarioNames,
      titles: Object.fromEntries(scenarioNames.map((name) => [name, titleOfScenario(name)])),
    }),
    'GET /api/heartbeats': () => ({ heartbeats: world.heartbeats }),
    'GET /api/exchanges': () => ({ exchanges: workspace.exchanges }),
    'POST /api/faults': (call) => {
      const { slack = [], aws: ordered = [], sns = [] } = jsonOf(call, inputs.faults);
      faults.slack.push(...slack);
      faults.aws.push(...ordered);
      faults.sns.push(...sns.map(({ mode, seconds }) => ({ mode, until: clock.now() + seconds * 1_000 })));
      return { slack: faults.slack, aws: faults.aws, sns: faults.sns };
    },
    'DELETE /api/faults': () => {
      faults.clear();
      return { slack: [], aws: [], sns: [] };
    },
    'POST /api/clock': async (call) => {
      const { advanceSeconds } = jsonOf(call, inputs.clock);
      await clock.advance(advanceSeconds);
      workspace.changed();
      return { now: clock.now() };
    },
    'POST /api/bot/stop': async (call) => {
      await bot.stop(jsonOf(call, inputs.stop).signal ?? 'SIGTERM');
      return { ready: bot.ready };
    },
    'POST /api/bot/start': async () => {
      await bot.start();
      return { ready: bot.ready, ...bot.listening };
    },
    'GET /api/bot/log': () => ({ lines: world.log }),
    'POST /api/scenarios/*': async (call) => {
      if (!scenarioNames.includes(call.rest)) throw new WrongCall(`There is no scenario ${call.rest}; there are ${scenarioNames.join(', ')}.`, 404);
      return { published: await playSignals(world, call.rest) };
    },
    'POST /api/reset': async () => {
      await world.reset();
      return { ready: bot.ready };
    },
  };
}
