/** The fault matrix: every way in which a trial can go wrong, one by one, and a sample of their combinations. */
import { type SlackFault, type SlackMode, slackModes } from './slack.ts';
import { calm, type Ended } from './trial.ts';
import type { PortFault, Trial, Weakness } from './world.ts';

export interface Case {
  readonly group: string;
  readonly trial: Trial;
}

const methods: readonly SlackFault['method'][] = ['chat.postMessage', 'chat.update'];
const sampled = 100;

/** Fractions below 1 that are the same in every run. Source: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** @param base how the story goes when nothing happens */
export function matrix(base: Ended, seed: number): Case[] {
  const steps = upTo(base.steps.length);
  const slack = methods.flatMap((method) => upTo(base.slackCalls.get(method) ?? 0).flatMap((call) => endsOf(method, call)));
  const ports = (['identities', 'store'] as const).flatMap((port) => failuresOf(base, port));
  const of = (port: PortFault['port']) => ports.filter((fault) => fault.port === port);
  const random = seeded(seed);
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const sample = (group: string, make: () => Partial<Trial>): Case[] => upTo(sampled).map(() => ({ group, trial: { ...calm, ...make() } }));
  return [
    ...steps.map((step): Case => ({ group: 'a crash at each step', trial: { ...calm, plan: { deaths: [step] } } })),
    ...stops(base).map((step): Case => ({ group: 'stopped for longer than a lease', trial: { ...calm, plan: { deaths: [], stop: step } } })),
    ...slack.map((fault): Case => ({ group: 'each end of each Slack call', trial: { ...calm, slack: [fault] } })),
    ...of('identities').map((fault): Case => ({ group: 'no answer to each AWS call', trial: { ...calm, ports: [fault] } })),
    ...of('store').map((fault): Case => ({ group: 'the database fails at each step', trial: { ...calm, ports: [fault] } })),
    ...sample('two crashes', () => ({ plan: { deaths: [any(steps), any(steps)] } })),
    ...sample('Slack and a crash', () => ({ slack: [any(slack)], plan: { deaths: [any(steps)] } })),
    ...sample('the database and a crash', () => ({ ports: [any(of('store'))], plan: { deaths: [any(steps)] } })),
    ...sample('AWS and a crash', () => ({ ports: [any(of('identities'))], plan: { deaths: [any(steps)] } })),
    ...sample('all three and a crash', () => ({
      slack: [any(slack)],
      ports: [any(of('store')), any(of('identities'))],
      plan: { deaths: [any(steps)] },
    })),
  ];
}

/** A process is stopped where it waits for an answer. */
function stops({ steps }: Ended): number[] {
  return upTo(steps.length).filter((step) => steps[step]?.startsWith('after'));
}

function endsOf(method: SlackFault['method'], call: number): SlackFault[] {
  return slackModes.flatMap((mode: SlackMode) => [1, 2].map((times) => ({ method, call, mode, times })));
}

function failuresOf({ steps }: Ended, port: PortFault['port']): PortFault[] {
  const calls = steps.filter((step) => step.startsWith(`before ${port}.`) || step.startsWith(`after ${port}.claim`)).length;
  return upTo(calls).flatMap((call) => (['before', 'after'] as const).map((when) => ({ port, call, when })));
}

/** What keeps things from being lost or doubled, each with the trials in which it is needed. Without it the checker must report them. */
export const safeguards: readonly { readonly name: string; readonly weakness: Weakness; readonly trials: (base: Ended) => Trial[] }[] = [
  {
    name: 'the attempt that is written down before a call',
    weakness: {
      store: (store) => ({
        ...store,
        transact: (work) => store.transact((tx) => work({ ...tx, claimOpened: async () => undefined })),
        saveShown: (claimed, shown) => store.saveShown(claimed, { ...shown, attempt: undefined }),
      }),
    },
    trials: (base) => deathsAt(base, /^after chat\.post/),
  },
  {
    name: 'the look-up after a call without an answer',
    weakness: { chat: (chat) => ({ ...chat, find: async () => undefined }) },
    trials: (base) => deathsAt(base, /^after chat\.post/),
  },
  {
    name: 'the check of the lease',
    weakness: {
      store: (store, { db }) => ({
        ...store,
        saveShown: async (claimed, shown) => {
          await db.updateTable('incidents').set({ lease_owner: claimed.lease }).where('id', '=', claimed.id).execute();
          return store.saveShown(claimed, shown);
        },
      }),
    },
    trials: (base) => stepsNamed(base, /^after store\.claim$/).map((stop) => ({ ...calm, plan: { deaths: [], stop } })),
  },
];

function stepsNamed({ steps }: Ended, name: RegExp): number[] {
  return upTo(steps.length).filter((step) => name.test(steps[step] ?? ''));
}

function deathsAt(base: Ended, name: RegExp): Trial[] {
  return stepsNamed(base, name).map((step) => ({ ...calm, plan: { deaths: [step] } }));
}

/** One crash at each kind of step that leaves something behind in Slack, in AWS or of an incident. */
export function crashAtEachKind({ steps }: Ended): Trial[] {
  const kinds = new Map(steps.map((name, step) => [name, step]));
  const telling = [...kinds].filter(([name]) => /chat\.|store\.saveShown|store\.transact|identities\.replacePassword/.test(name));
  return telling.map(([, step]) => ({ ...calm, plan: { deaths: [step] } }));
}
