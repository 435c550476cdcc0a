import type { Log, Metrics, RightOfWay, Settings } from '../../src/domain/ports.ts';
import { causesOf, responses } from '../../src/features/responses.ts';

const nothing = (): void => undefined;

export const quietLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
export const silentMetrics: Metrics = { count: nothing, counted: () => new Map() };

/** Nothing goes before anything. */
export const openWay: RightOfWay = { first: (work) => work(), turn: async () => undefined };

export const settings: Settings = {
  topicArns: [],
  protectedUsers: [],
  accounts: new Map(),
  regions: ['us-east-1'],
  trailAccount: undefined,
  ownPrincipal: undefined,
  hasMemberRole: true,
  respondRoles: [],
  causes: causesOf(responses),
  approvals: new Map(),
  owners: [],
  hasBreakGlass: true,
  isReadOnly: false,
  alarmDetections: new Map(),
  canaryAlarm: undefined,
  timers: { escalateAfter: undefined, askOwnerAfter: undefined, askLeftOpenAfter: undefined },
};
