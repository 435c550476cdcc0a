import type { Log, Metrics } from '../../src/domain/ports.ts';

const nothing = (): void => undefined;

export const quietLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
export const silentMetrics: Metrics = { count: nothing, counted: () => new Map() };
