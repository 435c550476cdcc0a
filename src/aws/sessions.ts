/** Credentials per account. A response that changes something gets a session of its own: in its person's name, for its calls alone. */
import type { STSClient } from '@aws-sdk/client-sts';
import { AppError, asAppError } from '../domain/error.ts';
import type { Actor, Reader } from '../domain/response/actor.ts';
import { sessionNameOf, sessionPolicyOf, sessionTagsOf } from '../domain/response/attribution.ts';
import type { Called } from './errors.ts';
import { sdk } from './sdk.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** By the clock here, by which the SDK goes. */
  readonly expiration: Date;
}

/** With when it was asked for, by both clocks. */
type Session = Credentials & { readonly askedAt: { readonly wall: number; readonly monotonic: number } };

export interface SessionOptions {
  readonly sts: () => STSClient;
  readonly called: Called;
  /** `arn:aws:iam::{account}:role/…`; undefined: the responder's own credentials and account. */
  readonly memberRole: string | undefined;
  /** The same for changes; undefined: `memberRole` does both. */
  readonly respondRole: string | undefined;
  /** Accounts that may be reached; empty: any. An account in an event is only what somebody wrote. */
  readonly known: ReadonlyMap<string, string>;
}

/** Empty: the SDK's own credentials. */
type Given = { readonly credentials?: Credentials | (() => Promise<Credentials>) };

export interface Sessions {
  /** @param reader in whose name; where the stack in AWS does not allow that yet, and without one, in nobody's */
  reading(account: string, reader: Reader | undefined): Promise<Given>;
  changing(account: string, actor: Actor): Promise<Given>;
  tryReadingAs(account: string, reader: Reader): Promise<void>;
  /** ARN of the role that changes; undefined: the responder's own credentials do. */
  acting(account: string): string | undefined;
  /** AWS takes a session for reading no longer: the next call gets another one. */
  drop(account: string, reader: Reader | undefined): void;
}

const sessionSeconds = 900;
/** Neither clock alone: one is set, the other stands still while the machine is suspended. */
const clocks = (): Session['askedAt'] => ({ wall: Date.now(), monotonic: performance.now() });
/** A read session is renewed this long before it ends. */
const marginMs = 60_000;
/** An account whose stack does not let persons read is tried again after this. */
const olderStackMs = 10 * 60_000;

/** Throws AppError `refused` or `denied` for an account that may not or cannot be reached. */
export function sessionsOf(options: SessionOptions): Sessions {
  const shared = readerSessions((account) => assume(options, account, { is: 'shared' }));
  const readers = ofEach<Reader>((account, reader) => assume(options, account, { is: 'reading', reader }));
  const actors = ofEach<Actor>((account, actor) => assume(options, account, { is: 'changing', actor }));
  const olderUntil = new Map<string, number>();
  const checkOwn = ownAccountCheck(options);

  const inTheNameOf = async (account: string, reader: Reader): Promise<Credentials> => {
    if ((olderUntil.get(account) ?? 0) > Date.now()) return shared.of(account);
    try {
      return await readers.of(account, reader);
    } catch (thrown) {
      if (asAppError(thrown).code !== 'denied') throw thrown;
      olderUntil.set(account, Date.now() + olderStackMs);
      return shared.of(account);
    }
  };
  const assumed = async (account: string, credentials: () => Promise<Given>): Promise<Given> => {
    if (options.known.size > 0 && !options.known.has(account)) {
      throw new AppError('refused', `Account ${account} is not in AWS_ACCOUNTS, so the responder does nothing there.`);
    }
    if (options.memberRole !== undefined) return credentials();
    await checkOwn(account);
    return {};
  };
  return {
    reading: (account, reader) =>
      assumed(account, async () => ({ credentials: () => (reader === undefined ? shared.of(account) : inTheNameOf(account, reader)) })),
    changing: (account, actor) => assumed(account, async () => ({ credentials: await actors.of(account, actor) })),
    tryReadingAs: async (account, reader) => void (await assumed(account, async () => ({ credentials: await readers.of(account, reader) }))),
    acting: (account) => (options.respondRole ?? options.memberRole)?.replace('{account}', account),
    drop: (account, reader) => {
      shared.drop(account);
      if (reader !== undefined) readers.drop(account, reader);
    },
  };
}

type Who = { readonly is: 'shared' } | { readonly is: 'reading'; readonly reader: Reader } | { readonly is: 'changing'; readonly actor: Actor };

async function assume({ sts, called, memberRole, respondRole = memberRole }: SessionOptions, account: string, who: Who): Promise<Session> {
  const RoleArn = (who.is === 'changing' ? respondRole : memberRole)?.replace('{account}', account);
  const command = new sdk.sts.AssumeRoleCommand({ RoleArn, DurationSeconds: sessionSeconds, ...askedFor(who, account) });
  const askedAt = clocks();
  const answer = await called('AssumeRole', false, () => sts().send(command));
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new AppError('unavailable', 'AWS gave no credentials for the member role.');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: new Date(askedAt.wall + sessionSeconds * 1_000),
    askedAt,
  };
}

function askedFor(who: Who, account: string) {
  if (who.is === 'shared') return { RoleSessionName: 'signin-responder' };
  return who.is === 'reading' ? namedAs(who.reader) : { ...namedAs(who.actor), Policy: policyFor(who.actor, account) };
}

function namedAs(who: Reader) {
  const Tags = Object.entries(sessionTagsOf(who)).map(([Key, Value]) => ({ Key, Value }));
  return { RoleSessionName: sessionNameOf(who), SourceIdentity: who.person.id, Tags };
}

function policyFor({ calls, response }: Actor, account: string): string {
  const policy = sessionPolicyOf(calls, account);
  if (policy.is === 'empty') throw new AppError('internal', `${response} calls AWS in account ${account}, which it did not say before.`);
  if (policy.is === 'too-long') {
    const message = 'This is about more at once than one session in AWS can be limited to. Nothing was changed: do it in parts.';
    throw new AppError('refused', message);
  }
  return policy.text;
}

/** One session of each in an account, however many calls it makes; one that was not given is asked for again. */
function ofEach<W extends Reader>(open: (account: string, who: W) => Promise<Credentials>) {
  const sessions = new WeakMap<W, Map<string, Promise<Credentials>>>();
  const of = (account: string, who: W): Promise<Credentials> => {
    const own = sessions.get(who) ?? new Map<string, Promise<Credentials>>();
    sessions.set(who, own);
    const opened = own.get(account) ?? open(account, who);
    own.set(account, opened);
    opened.catch(() => own.delete(account));
    return opened;
  };
  return { of, drop: (account: string, who: W): void => void sessions.get(who)?.delete(account) };
}

/** One session per account for reading, shared and renewed. */
function readerSessions(open: (account: string) => Promise<Session>) {
  const sessions = new Map<string, Promise<Session>>();
  const of = async (account: string): Promise<Credentials> => {
    const known = sessions.get(account);
    const ready = known && (await known.catch(() => undefined));
    if (ready && ageOf(ready) < sessionSeconds * 1_000 - marginMs) return ready;
    const fresh = open(account);
    sessions.set(account, fresh);
    fresh.catch(() => {
      if (sessions.get(account) === fresh) sessions.delete(account);
    });
    return fresh;
  };
  return { of, drop: (account: string): void => void sessions.delete(account) };
}

function ageOf({ askedAt: { wall, monotonic } }: Session): number {
  const now = clocks();
  return Math.max(now.wall - wall, now.monotonic - monotonic);
}

/** Without a member role the responder reaches its own account only. */
function ownAccountCheck({ sts, called }: SessionOptions): (account: string) => Promise<void> {
  let own: Promise<string> | undefined;
  return async (account) => {
    own ??= called('GetCallerIdentity', false, () => sts().send(new sdk.sts.GetCallerIdentityCommand({}))).then((answer) => answer.Account ?? '');
    own.catch(() => {
      own = undefined;
    });
    const found = await own;
    if (found === account) return;
    throw new AppError('denied', `Account ${account} cannot be reached: AWS_MEMBER_ROLE is not set and the responder's own account is ${found}.`);
  };
}
