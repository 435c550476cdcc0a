import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { MetricName } from '../domain/metric-names.ts';
import type { Metrics } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';

const help: Record<MetricName, string> = {
  signals: 'Signals by what was decided of them',
  refusals: 'SNS messages refused, by reason',
  slack_calls: 'Slack Web API calls by method and outcome',
  aws_calls: 'AWS calls by operation and outcome',
  responses: 'Responses by kind and outcome',
  pages: 'Publishes to the pager by outcome',
  canaries: 'Canaries set off, come back and lost',
  heartbeats: 'Heartbeats by outcome',
  sweeps: 'Sweeps by what was swept and how it ended',
  storms: 'Storms whose card was posted, and those that are over',
};

/** Counted from the first on: Prometheus sees no increase in what is there for the first time. */
const fromZero: Partial<Record<MetricName, readonly string[]>> = {
  refusals: ['own-trouble unavailable', 'own-trouble ambiguous', 'own-trouble internal', 'from-the-future'],
  pages: ['done', 'failed', 'unknown'],
  canaries: ['set off', 'back', 'lost', 'not set off'],
  heartbeats: ['sent', 'held back', 'failed'],
  storms: ['posted', 'over'],
};

/** More would cost more than a gauge is worth. */
const mostCounted = 100_000;

export interface MetricsPage extends Metrics {
  /** The page that Prometheus reads. */
  render(store: Store, now: number): Promise<{ type: string; text: string }>;
}

export function openMetrics(): MetricsPage {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = Object.entries(help).map(
    ([name, text]) =>
      [name, new Counter({ name: `signin_responder_${name}_total`, help: text, labelNames: ['outcome'], registers: [registry] })] as const,
  );
  const byName = new Map(counters);
  for (const [name, outcomes] of Object.entries(fromZero)) for (const outcome of outcomes) byName.get(name)?.inc({ outcome }, 0);
  const counts = new Map<MetricName, Map<string, number>>();
  const open = new Gauge({
    name: 'signin_responder_open_incidents',
    help: 'Incidents that are not resolved, of the gravest 100000',
    labelNames: ['status'],
    registers: [registry],
  });
  const lag = new Gauge({
    name: 'signin_responder_picture_lag_seconds',
    help: 'How late the oldest picture is that Slack does not show yet',
    registers: [registry],
  });
  const folded = new Gauge({
    name: 'signin_responder_incidents_without_card',
    help: 'Incidents that wait in a storm card without a card of their own',
    registers: [registry],
  });
  return {
    count: (name, outcome) => {
      byName.get(name)?.inc({ outcome });
      const known = counts.get(name) ?? new Map<string, number>();
      counts.set(name, known.set(outcome, (known.get(outcome) ?? 0) + 1));
    },
    counted: (name) => counts.get(name) ?? new Map(),
    render: async (store, now) => {
      for (const [status, count] of Object.entries(await store.countOpen(mostCounted))) open.set({ status }, count);
      folded.set(await store.countFolded());
      const { oldestUndeliveredAt } = await store.delivery();
      lag.set(oldestUndeliveredAt === undefined ? 0 : Math.max(0, (now - oldestUndeliveredAt) / 1_000));
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
