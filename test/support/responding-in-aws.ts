/** Responses that reach the emulated AWS by the real SDK: roles, trust, sessions and records are those of the sandbox. */
import { vi } from 'vitest';
import { accountsOf } from '../../src/aws/accounts.ts';
import { alarmsOf } from '../../src/aws/alarms.ts';
import { containmentOf } from '../../src/aws/containment.ts';
import { identitiesOf } from '../../src/aws/identities.ts';
import { alarmLogsOf } from '../../src/aws/logs.ts';
import { trailOf } from '../../src/aws/trail.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Reader } from '../../src/domain/response/actor.ts';
import type { Question } from '../../src/domain/response/question.ts';
import type { Response } from '../../src/domain/response/response.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { type Given, give } from '../../src/features/give-response.ts';
import { type Asked, type Planned, type Prepared, prepare, type World } from '../../src/features/prepare-response.ts';
import { hubKey, prodAccount } from '../../src/sandbox/aws/names.ts';
import { type EmulatedAws, emulatedAws } from './emulated-aws.ts';
import { quietLog, silentMetrics } from './ports.ts';
import { type Replica, replica } from './replica.ts';
import { person } from './responding.ts';
import { freshDatabase } from './stores.ts';

const respondRole = 'arn:aws:iam::{account}:role/signin-responder-respond';
const memberRole = 'arn:aws:iam::{account}:role/signin-responder-read';

export interface RespondingInAws {
  readonly aws: EmulatedAws;
  readonly replica: Replica;
  readonly world: World;
  /** Asks for a response, answers whatever it asks, and carries it out. */
  respond(response: Planned, target: Target, by?: string): Promise<Given>;
  stop(): Promise<void>;
}

export async function respondingInAws(responses: readonly Response[], over: Partial<Ports['settings']> = {}): Promise<RespondingInAws> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', hubKey);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox');
  const aws = await emulatedAws();
  const database = await freshDatabase('sqlite', '');
  const one = await replica(database, aws.clock.now());
  const { endpoint } = aws.options;
  const known = new Map([[prodAccount, 'prod']]);
  const accounts = accountsOf({ memberRole, respondRole, known, endpoint, homeRegion: 'us-east-1', metrics: silentMetrics });
  const settings = {
    ...one.ports.settings,
    accounts: known,
    respondRoles: ['respond', 'sessions', 'identity-center', 'root-access'].map((name) => `signin-responder-${name}`),
    ...over,
  };
  Object.assign(one.ports, { settings });
  const ports = {
    ...one.ports,
    ...reading(accounts),
    readAs: (reader: Reader) => reading(accounts.as(reader)),
    trail: trailOf(accounts, quietLog),
    alarms: alarmsOf({ accounts, places: [], topicArns: settings.topicArns, canary: undefined, filters: alarmLogsOf(accounts).filters }),
    randomInt: (below: number) => Math.floor(Math.random() * below),
  };
  const world = { ports, responses };
  return {
    aws,
    replica: one,
    world,
    respond: async (response, target, by = 'bob') => {
      const asked: Asked = { clicker: person(by), incident: 1, response, target };
      const shown = await prepare(world, asked);
      if (!shown.ok) return { is: 'refused', refused: shown };
      const { plan, seen } = shown.prepared;
      return give(world, asked, { facts: plan.facts, answers: answersTo(shown.prepared), why: 'takeover', seen });
    },
    stop: async () => {
      aws.stop();
      await database.close();
      vi.unstubAllEnvs();
    },
  };
}

function reading(accounts: Parameters<typeof identitiesOf>[0]): Pick<Ports, 'identities' | 'containment'> {
  return { identities: identitiesOf(accounts), containment: containmentOf(accounts, 'us-east-1') };
}

/** All of several, the first of one. */
function answersTo({ plan }: Prepared): Record<string, string | string[]> {
  const answer = (question: Question): string | string[] => {
    if (question.kind === 'choose-several') return question.options.map(({ id }) => id);
    if (question.kind === 'choose-one') return question.options[0]?.id ?? '';
    return question.kind === 'typed-again' ? question.expected : 'x';
  };
  return Object.fromEntries(plan.questions.map((question) => [question.id, answer(question)]));
}
