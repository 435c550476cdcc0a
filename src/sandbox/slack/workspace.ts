/** The emulated workspace: people, channels, messages, modals, and every call the bot made. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { SandboxClock } from '../clock.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly role: 'responder' | 'remediator' | 'bystander' | 'guest';
  /** The person's own workspace. */
  readonly team: string;
}

/** Nobody else's workspace tells addresses. */
export function emailOf({ name }: User): string {
  return `${name}@example.com`;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  archived: boolean;
  member: boolean;
  isPrivate: boolean;
  shared: boolean;
  people: number;
}

export type Block = { type: string; block_id?: string; [key: string]: unknown };

export interface SlackMessage {
  ts: string;
  thread_ts?: string;
  channel: string;
  text: string;
  blocks: Block[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  edited?: { ts: string };
  broadcast?: boolean;
  deleted?: boolean;
  bot_id: string;
  user: string;
  /** What it showed before, for clicks on a card that has changed meanwhile. */
  earlier: Block[][];
}

export interface OpenView {
  id: string;
  user: string;
  hash: string;
  view: { type: string; callback_id?: string; private_metadata?: string; blocks: Block[]; notify_on_close?: boolean; [key: string]: unknown };
  /** The view under it. */
  below: OpenView | undefined;
}

export interface Ephemeral {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  /** Of one that stands in a thread. */
  readonly thread_ts?: string;
  text: string;
  blocks: Block[];
}

export interface ApiRequest {
  readonly at: number;
  readonly method: string;
  readonly args: Record<string, unknown>;
  readonly ok: boolean;
  readonly error?: string;
}

export interface Exchange {
  readonly at: number;
  readonly from: 'bot' | 'slack' | 'sns' | 'aws';
  readonly what: string;
  readonly status: string;
  readonly detail?: string;
}

interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly channel: string;
  /** The person whose direct messages it is in; empty: in a channel. */
  readonly user: string;
  readonly content: string;
}

interface Manifest {
  readonly oauth_config: { readonly scopes: { readonly bot: string[] } };
  readonly features: { readonly slash_commands: { command: string }[] };
}

export interface Team {
  readonly id: string;
  readonly domain: string;
  /** Undefined: of no organisation. */
  readonly organisation: { readonly id: string; readonly name: string } | undefined;
}

const organisation = { id: 'E01ORG', name: 'Sandbox Group' };
/** Where the app is installed; a sister of it in the same organisation; and a partner's, who shares a channel (Slack Connect). */
export const team = 'T01SANDBOX';
const sisterTeam = 'T09SISTER';
const otherTeam = 'T02PARTNER';
const teams: readonly Team[] = [
  { id: team, domain: 'sandbox', organisation },
  { id: sisterTeam, domain: 'sandbox-sister', organisation },
  { id: otherTeam, domain: 'partner', organisation: undefined },
];

export function teamOf(id: string): Team {
  return teams.find((one) => one.id === id) as Team;
}

export const botId = 'B01RESPOND';
export const botUser = 'U01RESPBOT';

const users: User[] = [
  { id: 'U01BOBEK00', name: 'bob.ek', realName: 'Bob Ek', role: 'remediator', team },
  { id: 'U02CARMEN0', name: 'carmen.diaz', realName: 'Carmen Diaz', role: 'remediator', team },
  { id: 'U07FRIDAGO', name: 'frida.gold', realName: 'Frida Gold', role: 'remediator', team },
  { id: 'U03DANAFOX', name: 'dana.fox', realName: 'Dana Fox', role: 'responder', team },
  { id: 'U06HANASIS', name: 'hana.sato', realName: 'Hana Sato', role: 'responder', team: sisterTeam },
  { id: 'U04ERIKBYS', name: 'erik.lund', realName: 'Erik Lund', role: 'bystander', team },
  { id: 'U05GINAGUE', name: 'gina.partner', realName: 'Gina Partner', role: 'guest', team: otherTeam },
];

/** The id of the direct messages between the bot and a person. */
export function directOf(user: string): string {
  return `D${user.slice(1)}`;
}

const keptExchanges = 400;

export class Workspace {
  readonly clock: SandboxClock;
  readonly users = users;
  /** What the app was installed with; the manifest's, unless a test takes some away. */
  scopes: readonly string[] = [];
  readonly #manifestScopes: readonly string[];
  readonly commands: readonly string[];
  channels: Channel[] = [];
  usergroups: { id: string; handle: string; users: string[]; disabled: boolean }[] = [];
  messages: SlackMessage[] = [];
  ephemerals: Ephemeral[] = [];
  files: SharedFile[] = [];
  views: OpenView[] = [];
  homes = new Map<string, OpenView>();
  requests: ApiRequest[] = [];
  /** When each method was called of late, for its rate. */
  calls = new Map<string, number[]>();
  exchanges: Exchange[] = [];
  #lastTs = 0;
  #serial = 0;
  #changed: () => void;

  constructor(clock: SandboxClock, changed: () => void) {
    this.clock = clock;
    this.#changed = changed;
    const manifest = parse(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8')) as Manifest;
    this.#manifestScopes = manifest.oauth_config.scopes.bot;
    this.commands = manifest.features.slash_commands.map(({ command }) => command);
    this.reset();
  }

  reset(): void {
    this.channels = [{ id: 'C01INCIDENT', name: 'signin-incidents', archived: false, member: true, isPrivate: true, shared: false, people: 7 }];
    this.scopes = this.#manifestScopes;
    this.usergroups = [
      {
        id: 'S01ONCALL0',
        handle: 'oncall',
        users: users.filter(({ role }) => role === 'responder' || role === 'remediator').map(({ id }) => id),
        disabled: false,
      },
      { id: 'S02IAMADMN', handle: 'iam-admins', users: users.filter(({ role }) => role === 'remediator').map(({ id }) => id), disabled: false },
    ];
    this.messages = [];
    this.ephemerals = [];
    this.files = [];
    this.views = [];
    this.homes.clear();
    this.requests = [];
    this.calls.clear();
    this.exchanges = [];
    this.changed();
  }

  changed(): void {
    this.#changed();
  }

  /** `seconds.micro`, unique and growing. */
  nextTs(): string {
    this.#lastTs = Math.max(this.#lastTs + 1, this.clock.now() * 1_000);
    return `${Math.floor(this.#lastTs / 1_000_000)}.${String(this.#lastTs % 1_000_000).padStart(6, '0')}`;
  }

  nextId(prefix: string): string {
    return `${prefix}${(++this.#serial).toString(36).toUpperCase().padStart(9, '0')}`;
  }

  user(id: string): User | undefined {
    return this.users.find((user) => user.id === id);
  }

  /** A channel by its id; the direct messages with a person by theirs (`D…`), or by the person's. */
  channel(id: string): Channel | undefined {
    const person = this.users.find((user) => user.id === id || directOf(user.id) === id);
    if (person === undefined) return this.channels.find((channel) => channel.id === id);
    return { id: directOf(person.id), name: 'directmessage', archived: false, member: true, isPrivate: true, shared: false, people: 2 };
  }

  message(channel: string, ts: string): SlackMessage | undefined {
    const id = this.channel(channel)?.id;
    return this.messages.find((message) => message.channel === id && message.ts === ts && !message.deleted);
  }

  /** The modal on top of a user's stack. */
  topView(user: string): OpenView | undefined {
    return this.views.find((view) => view.user === user);
  }

  /** A modal, or somebody's App Home. */
  viewById(id: string): OpenView | undefined {
    for (const home of this.homes.values()) if (home.id === id) return home;
    for (const top of this.views) {
      for (let view: OpenView | undefined = top; view; view = view.below) if (view.id === id) return view;
    }
    return undefined;
  }

  exchange(entry: Omit<Exchange, 'at'>): void {
    this.exchanges = [...this.exchanges.slice(1 - keptExchanges), { at: this.clock.now(), ...entry }];
    this.changed();
  }
}
