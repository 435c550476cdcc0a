/** Builds the adapters from the configuration. */
import { randomInt } from 'node:crypto';
import { buildAws } from './build-aws.ts';
import type { Config } from './config.ts';
import { asAppError } from './domain/error.ts';
import { placeOf } from './domain/place.ts';
import type { Draw, Log, Metrics, Ports } from './domain/ports.ts';
import type { ReachSettings } from './domain/response/reach.ts';
import { labelsOf, type Response } from './domain/response/response.ts';
import { day, type Keeping } from './domain/retention.ts';
import type { Store } from './domain/store.ts';
import { keepingTimers } from './features/keep-timers.ts';
import { causesOf } from './features/responses.ts';
import type { SlackOptions } from './slack/app.ts';
import { type CardOptions, drawCard } from './slack/card.ts';
import { withFreeze } from './slack/frozen.ts';
import { drawReply, saidAgain } from './slack/reply.ts';
import { drawStorm, drawStormRing } from './slack/storm-card.ts';
import { withoutBlocks } from './slack/text.ts';
import type { Workspace } from './slack/workspace.ts';

export function slackOptionsOf(config: Config, log: Log, metrics: Pick<Metrics, 'count'>): SlackOptions {
  return {
    botToken: config.SLACK_BOT_TOKEN,
    signingSecret: config.SLACK_SIGNING_SECRET,
    appToken: config.SLACK_APP_TOKEN,
    apiUrl: config.SANDBOX_URL && `${config.SANDBOX_URL}/slack/api/`,
    log,
    metrics,
  };
}

type Base = Pick<
  Ports,
  'files' | 'clock' | 'log' | 'metrics' | 'store' | 'people' | 'owner' | 'rightOfWay' | 'firstCards' | 'wake' | 'permalink' | 'report'
>;

/** The same ports over another view of the same store. */
export function onStore(ports: Ports, store: Store): Ports {
  return { ...ports, store: keepingTimers(store, ports.settings.timers) };
}

export function buildPorts(config: Config, all: readonly Response[], base: Base): Ports {
  const aws = buildAws(config, base.metrics, base.log);
  const own: { arn: string | undefined } = { arn: undefined };
  // Where a role is assumed, its session's SourceIdentity tells what the bot did; else its own ARN does, once AWS has said it.
  if (config.AWS_MEMBER_ROLE === undefined) {
    aws.inspection.caller().then(
      (arn) => (own.arn = arn),
      (thrown) => base.log.warn({ err: asAppError(thrown) }, 'AWS does not say who the responder is'),
    );
  }
  return {
    ...base,
    ...aws,
    store: keepingTimers(base.store, timersOf(config)),
    settings: settingsOf(config, all, () => own.arn),
    randomInt: (below) => randomInt(below),
  };
}

function timersOf(config: Config): Ports['settings']['timers'] {
  return {
    escalateAfter: config.ESCALATE_AFTER,
    askOwnerAfter: config.ASK_OWNER_AFTER,
    askLeftOpenAfter: config.ASK_LEFT_OPEN_AFTER,
  };
}

/** @param ownArn the responder's own, as AWS tells it; undefined: a session's SourceIdentity tells what it did, or AWS has not said yet */
function settingsOf(config: Config, all: readonly Response[], ownArn: () => string | undefined): Ports['settings'] {
  return {
    timers: timersOf(config),
    canaryAlarm: config.CANARY_ALARM,
    topicArns: config.SNS_TOPIC_ARNS,
    protectedUsers: config.PROTECTED_USERS,
    accounts: config.accounts,
    regions: config.AWS_REGIONS,
    trailAccount: config.TRAIL_ACCOUNT,
    hasMemberRole: config.AWS_MEMBER_ROLE !== undefined,
    alarmDetections: config.alarmDetections,
    hasSessionsRole: config.AWS_SESSIONS_ROLE !== undefined,
    respondRoles: [
      config.AWS_RESPOND_ROLE ?? config.AWS_MEMBER_ROLE,
      config.AWS_SESSIONS_ROLE,
      config.IDENTITY_CENTER_ROLE,
      config.ROOT_ACCESS_ROLE,
    ].flatMap((arn) => arn?.split('/').at(-1) ?? []),
    causes: causesOf(all),
    approvals: config.approvals,
    owners: config.owners,
    hasBreakGlass: config.BREAK_GLASS,
    isReadOnly: config.READ_ONLY,
    isDirectoryProvisioned: config.IDENTITY_CENTER_PROVISIONED,
    identityCenterAccount: config.IDENTITY_CENTER_ROLE && placeOf(config.IDENTITY_CENTER_ROLE).account,
    rootAccessAccount: config.ROOT_ACCESS_ROLE && placeOf(config.ROOT_ACCESS_ROLE).account,
    get ownPrincipal() {
      return ownArn();
    },
  };
}

export function keepingOf({ KEEP_DETAILS_DAYS, KEEP_SIGN_INS_DAYS }: Config): Keeping {
  return { detailsMs: KEEP_DETAILS_DAYS * day, signInsMs: KEEP_SIGN_INS_DAYS * day };
}

export function drawOf(config: Config, workspace: Workspace, { reach, responses }: { reach: ReachSettings; responses: readonly Response[] }): Draw {
  const labels = labelsOf(responses);
  const options: CardOptions = {
    accounts: config.accounts,
    responders: config.RESPONDERS,
    remediatorsExist: config.REMEDIATORS.length > 0,
    reach,
    responses,
    owners: config.owners,
    permalink: (ts) => workspace.permalink(config.INCIDENT_CHANNEL, ts),
  };
  return {
    card: ({ incident, cards, isToldByStorm }, freeze) =>
      withFreeze(drawCard(incident, isToldByStorm ? { ...options, responders: [] } : options, cards), incident, freeze),
    storm: (picture) => drawStorm(picture, options),
    stormRing: (storm) => drawStormRing(storm, config.RESPONDERS),
    reply: (incident, told) => drawReply(incident, told, { responders: config.RESPONDERS, labels }),
    plain: withoutBlocks,
    again: saidAgain,
  };
}
