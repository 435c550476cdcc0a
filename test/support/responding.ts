/** Responses without Slack and HTTP: a database of its own, people with roles, and an IAM that keeps what it is told. */
import { AppError } from '../../src/domain/error.ts';
import type { EntryBody } from '../../src/domain/incident/timeline.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Actor } from '../../src/domain/response/actor.ts';
import type { HeldPolicies } from '../../src/domain/response/administrator.ts';
import { type MfaDevice, read, type UserFacts, type UserRef } from '../../src/domain/response/iam-user.ts';
import type { Ended } from '../../src/domain/response/plan.ts';
import type { Response } from '../../src/domain/response/response.ts';
import type { Role } from '../../src/domain/response/who-may.ts';
import { type Given, give } from '../../src/features/give-response.ts';
import { type Asked, type Planned, type Prepared, prepare, type World } from '../../src/features/prepare-response.ts';
import { noteRemediators } from '../../src/features/remediators.ts';
import type { Clicker } from '../../src/features/respond.ts';
import { consoleLogin, iamUser } from './records.ts';
import { type Replica, replica } from './replica.ts';
import type { FreshDatabase } from './stores.ts';

export const account = '123456789012';
export const t0 = Date.parse('2026-11-25T03:00:00Z');

export const person = (name: string): Clicker => ({ id: `U0${name.toUpperCase()}`, name, home: { team: 'T1', organisation: undefined } });

export interface Office {
  readonly replica: Replica;
  readonly world: World;
  /** Roles by person's name; who is not here has none. */
  readonly roles: Map<string, readonly Role[]>;
  readonly iam: Map<string, UserFacts>;
  /** What is attached to users, by name; of who is not here it cannot be told. */
  readonly held: Map<string, HeldPolicies>;
  /** Changes that reached AWS: `replacePassword alice for bob`. */
  readonly changes: string[];
  /** Reads who the remediators are. */
  refresh(): Promise<void>;
  prepare(asked: Asked): Promise<Prepared>;
  /** Confirms what was shown, with answers. */
  give(asked: Asked, shown: Prepared, answers?: Record<string, string | string[]>): Promise<Given>;
  entries(incident?: number): Promise<EntryBody[]>;
}

export function userFacts(name: string, over: Partial<UserFacts> = {}): UserFacts {
  return {
    ref: { account, name },
    identity: read({ path: '/', id: `AIDA${name.toUpperCase()}`, createdAt: t0 - 400 * 86_400_000, isTagged: false }),
    password: read({ createdAt: t0 - 300 * 86_400_000, resetRequired: false }),
    devices: read([{ serial: `arn:aws:iam::${account}:mfa/${name}-phone`, enrolledAt: t0 - 200 * 86_400_000 }]),
    keys: read([]),
    ...over,
  };
}

/** What all replicas have to do with: who is who in Slack, and AWS. */
type Outside = Pick<Office, 'roles' | 'iam' | 'held' | 'changes'>;

/** One incident, SIN-1: alice signed in without MFA. bob, carmen and frida are remediators, dana is a responder. */
export async function office(database: FreshDatabase, responses: readonly Response[], over: Partial<Ports['settings']> = {}): Promise<Office> {
  const one = await replica(database, t0 + 60_000);
  const iam = new Map(['alice', 'backdoor', 'bob'].map((name) => [name, userFacts(name)]));
  const roles = new Map<string, readonly Role[]>([
    ...['bob', 'carmen', 'frida'].map((name): [string, readonly Role[]] => [name, ['responder', 'remediator']]),
    ['dana', ['responder']],
  ]);
  const here = officeOf(one, responses, { over, outside: { roles, iam, held: new Map(), changes: [] } });
  await one.receive(consoleLogin(iamUser('alice'), 'Success', 'No', { eventTime: new Date(t0).toISOString() }));
  await here.refresh();
  return here;
}

/** Another process on the same database, which remembers nothing. On Postgres only. */
export async function otherOffice(database: FreshDatabase, { world, replica: one, ...outside }: Office): Promise<Office> {
  const { settings: over } = world.ports;
  return officeOf(await replica(database, one.now, true), world.responses, { over, outside });
}

function officeOf(one: Replica, responses: readonly Response[], { over, outside }: { over: Partial<Ports['settings']>; outside: Outside }): Office {
  const { roles, iam, held, changes } = outside;
  const ports: Ports = {
    ...one.ports,
    settings: { ...one.ports.settings, ...over },
    people: {
      standing: ({ id }) => {
        const name = id.slice(2).toLowerCase();
        return { isOneOfUs: true, roles: roles.get(name) ?? [], unread: { responder: undefined, remediator: undefined }, remediatorsExist: true };
      },
      withEmail: async (address) => {
        if (address.endsWith('@unreadable.example')) throw new AppError('denied', 'Slack refused users.lookupByEmail (missing_scope).');
        return address.endsWith('@example.com') ? person(address.split('@')[0] ?? '').id : undefined;
      },
      nameOf: async (id) => id.slice(2).toLowerCase(),
    },
    identities: { ...identitiesOver(iam, changes), held: async ({ name }) => held.get(name) ?? { managed: [], hasOthers: true } },
    randomInt: (below) => below - 1,
  };
  const world = { ports, responses };
  return {
    replica: one,
    world,
    roles,
    iam,
    held,
    changes,
    refresh: () =>
      noteRemediators(ports, {
        ids: [...roles].filter(([, held]) => held.includes('remediator')).map(([name]) => person(name).id),
        at: one.now,
        from: '',
        begunAt: t0,
      }),
    prepare: async (asked) => {
      const answer = await prepare(world, asked);
      if (!answer.ok) throw new Error(answer.message);
      return answer.prepared;
    },
    give: (asked, { plan, seen }, answers = {}) => give(world, asked, { facts: plan.facts, answers, why: 'takeover', seen }),
    entries: async (incident = 1) => {
      const { entries } = await one.store.entries(incident, { from: 0, count: 200 });
      return entries.toReversed().map(({ body }) => body);
    },
  };
}

function identitiesOver(iam: Map<string, UserFacts>, changes: string[]): Omit<Ports['identities'], 'held'> {
  const known = ({ name }: UserRef): UserFacts => {
    const found = iam.get(name);
    if (found === undefined) throw new AppError('not-found', `There is no IAM user “${name}”.`);
    return found;
  };
  const devicesOf = (ref: UserRef): MfaDevice[] => {
    const { devices } = known(ref);
    return devices.is === 'read' ? [...devices.value] : [];
  };
  const note = (what: string, on: string, { person: by }: Actor): void => void changes.push(`${what} ${on} for ${by.name}`);
  return {
    facts: async (ref) => known(ref),
    devices: async (ref) => devicesOf(ref),
    policy: async () => ({ custom: false, minimumLength: 8, usersMayChange: true, hardExpiry: false }),
    virtualDeviceExists: async () => false,
    replacePassword: async (ref, _password, actor) => {
      note('replacePassword', ref.name, actor);
      iam.set(ref.name, { ...known(ref), password: read({ createdAt: t0 - 300 * 86_400_000, resetRequired: true }) });
    },
    deactivate: async (ref, serial, actor) => {
      note('deactivate', ref.name, actor);
      iam.set(ref.name, { ...known(ref), devices: read(devicesOf(ref).filter((one) => one.serial !== serial)) });
    },
    deleteVirtual: async (_account, serial, actor) => note('deleteVirtual', serial.split('/').at(-1) ?? '', actor),
  };
}

export function about(response: Planned, by: string, user = 'alice', incident = 1): Asked {
  return { clicker: person(by), incident, response, target: { kind: 'iam-user', account, name: user } };
}

/** Carries out what was begun, and has ended by then. */
export async function finished(given: Given): Promise<Ended> {
  if (given.is !== 'begun') throw new Error(`Not begun: ${JSON.stringify(given)}`);
  const ended = await given.finish(async () => 'shown');
  if ('later' in ended) throw new Error(`Not ended: ${ended.text}`);
  return ended;
}
