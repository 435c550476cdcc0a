/** The control API: everything that the page does, and what only a test would. See DESIGN, "The sandbox, and its control API". */
import { reasonOf } from './aws/cloudwatch.ts';
import { signsIn } from './aws/iam.ts';
import { type Account, topicArn } from './aws/state.ts';
import type { AwsFault, SlackFault } from './faults.ts';
import { type Call, jsonOf, type Routes, WrongCall } from './http.ts';
import { playSignals, scenarioNames } from './scenarios.ts';
import type { Interactions } from './slack/interact.ts';
import { shown } from './slack/messages.ts';
import { told } from './slack/views.ts';
import type { PublishInput } from './sns.ts';
import type { World } from './world.ts';

const query = (call: Call, name: string): string | undefined => call.url.searchParams.get(name) ?? undefined;

export function controlRoutes(world: World): Routes {
  return { ...slackRoutes(world), ...awsRoutes(world), ...botRoutes(world) };
}

function slackRoutes({ workspace, interactions }: World): Routes {
  const of = (user: string | undefined) => (one: { user: string }) => user === undefined || one.user === user;
  return {
    'GET /api/slack/messages': (call) => ({
      messages: workspace.messages
        .filter((message) => !message.deleted && (query(call, 'channel') ?? message.channel) === message.channel)
        .map((message) => shown(message, true)),
    }),
    'GET /api/slack/ephemerals': (call) => ({ ephemerals: workspace.ephemerals.filter(of(query(call, 'user'))) }),
    'GET /api/slack/views': (call) => ({
      views: workspace.views.filter(of(query(call, 'user'))).map((view) => ({ user: view.user, ...told(view) })),
    }),
    'GET /api/slack/home': (call) => ({ view: workspace.homes.get(query(call, 'user') ?? '') ?? null }),
    'GET /api/slack/files': () => ({ files: [] }),
    'GET /api/slack/requests': () => ({ requests: workspace.requests }),
    'POST /api/slack/click': (call) => interactions.click(jsonOf<Parameters<Interactions['click']>[0]>(call)),
    'POST /api/slack/click-view': (call) => interactions.clickView(jsonOf<Parameters<Interactions['clickView']>[0]>(call)),
    'POST /api/slack/submit': (call) => interactions.submit(jsonOf<Parameters<Interactions['submit']>[0]>(call)),
    'POST /api/slack/close-view': (call) => interactions.closeView(jsonOf<Parameters<Interactions['closeView']>[0]>(call)),
    'POST /api/slack/command': (call) => interactions.command(jsonOf<Parameters<Interactions['command']>[0]>(call)),
    'POST /api/slack/open-home': (call) => interactions.openHome(jsonOf<Parameters<Interactions['openHome']>[0]>(call)),
    'POST /api/slack/channel': (call) => {
      const { id, archived, member } = jsonOf<{ id: string; archived?: boolean; member?: boolean }>(call);
      const channel = workspace.channel(id);
      if (channel === undefined) throw new WrongCall(`There is no channel ${id}.`);
      if (archived !== undefined) channel.archived = archived;
      if (member !== undefined) channel.member = member;
      workspace.changed();
      return { channel };
    },
    'POST /api/slack/usergroup': (call) => {
      const { id, users } = jsonOf<{ id: string; users: string[] }>(call);
      const group = workspace.usergroups.find((one) => one.id === id);
      if (group === undefined || !Array.isArray(users)) throw new WrongCall('Give {id, users} of a user group that exists.');
      group.users = users;
      return { usergroup: group };
    },
    'POST /api/slack/delete': (call) => {
      const { channel, ts } = jsonOf<{ channel: string; ts: string }>(call);
      const message = workspace.message(channel, ts);
      if (message === undefined) throw new WrongCall(`There is no message ${ts}.`);
      message.deleted = true;
      workspace.changed();
      return { ok: true };
    },
  };
}

function awsRoutes(world: World): Routes {
  const { aws, cloudWatch, clock } = world;
  return {
    'POST /api/sns/publish': (call) => {
      const input = jsonOf<PublishInput>(call);
      if (input.message === undefined) throw new WrongCall('message is missing: a text or an object.');
      return world.publish(input);
    },
    'GET /api/aws': () => ({ accounts: aws.accounts, calls: aws.calls }),
    'PUT /api/aws': (call) => {
      const { accounts } = jsonOf<{ accounts: Record<string, Account> }>(call);
      if (typeof accounts !== 'object') throw new WrongCall('accounts is missing; GET /api/aws shows its shape.');
      aws.accounts = accounts;
      return { accounts: aws.accounts };
    },
    'POST /api/aws/sign-in': (call) => {
      const { account, user, password } = jsonOf<{ account: string; user: string; password: string }>(call);
      return signsIn(aws, account, user, password);
    },
    'POST /api/aws/trail': (call) => {
      const {
        account,
        region = 'us-east-1',
        records,
        delaySeconds = 0,
      } = jsonOf<{ account?: string; region?: string; records: unknown[]; delaySeconds?: number }>(call);
      const id = account ?? Object.keys(aws.accounts).at(-1) ?? '';
      const found = aws.accounts[id];
      if (found === undefined || !Array.isArray(records)) throw new WrongCall('Give {account, records} of an account that exists.');
      for (const record of records) found.trail.push({ region, visibleAt: clock.now() + delaySeconds * 1_000, record });
      return { trail: found.trail.length };
    },
    'POST /api/aws/alarm': (call) => {
      const { name, state, reason, breaching } = jsonOf<{
        name: string;
        state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
        reason?: string;
        breaching?: boolean;
      }>(call);
      const [account, alarm] =
        Object.entries(aws.accounts)
          .map(([id, one]) => [id, one.alarms[name]] as const)
          .find(([, one]) => one !== undefined) ?? [];
      if (account === undefined || alarm === undefined) throw new WrongCall(`There is no alarm ${name}.`);
      if (!['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(state)) throw new WrongCall('state must be OK, ALARM or INSUFFICIENT_DATA.');
      if (breaching !== undefined) alarm.breaching = breaching;
      cloudWatch.change(account, alarm, state, reason ?? (state === 'ALARM' ? reasonOf(alarm) : 'No datapoints reached the threshold.'));
      return { alarm };
    },
  };
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
    }),
    'GET /api/exchanges': () => ({ exchanges: workspace.exchanges }),
    'POST /api/faults': (call) => {
      const { slack = [], aws: ordered = [] } = jsonOf<{ slack?: SlackFault[]; aws?: AwsFault[] }>(call);
      faults.slack.push(...slack);
      faults.aws.push(...ordered);
      return { slack: faults.slack, aws: faults.aws };
    },
    'DELETE /api/faults': () => {
      faults.clear();
      return { slack: [], aws: [] };
    },
    'POST /api/clock': async (call) => {
      const { advanceSeconds } = jsonOf<{ advanceSeconds: number }>(call);
      if (!(advanceSeconds >= 0)) throw new WrongCall('advanceSeconds must be a number from 0.');
      await clock.advance(advanceSeconds);
      workspace.changed();
      return { now: clock.now() };
    },
    'POST /api/bot/stop': async (call) => {
      await bot.stop(jsonOf<{ signal?: NodeJS.Signals }>(call).signal ?? 'SIGTERM');
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
