/**
 * What Slack sends, checked before anything acts on it: a signature says who signed, not that what was signed is well formed. Sources: "block_actions
 * payload", "view_submission payload", "Implementing slash commands", "Events API" (docs.slack.dev).
 */
import { z } from 'zod';
import { parseObject } from '../domain/json.ts';
import { mostAffected } from '../domain/response/target.ts';

export type PayloadRefusal = 'slack-payload' | 'slack-app' | 'slack-response-url';

/** Where a request comes from, as far as it is known. */
export interface Origin {
  /** The app's own id; undefined: Slack has not told. */
  readonly app: string | undefined;
  /** The sandbox's address, where there is one: it stands for Slack. */
  readonly sandbox: string | undefined;
}

const text = z.string().max(100_000);
const word = z.string().min(1).max(300);
/** Of a workspace or an organisation. Bolt looks up by it in a plain object. */
const place = z
  .string()
  .regex(/^(?:[TE][A-Z0-9]{1,40})?$/)
  .nullish();
const user = z.looseObject({ id: z.string().regex(/^[UW][A-Z0-9]{2,40}$/), name: text.nullish(), username: text.nullish(), team_id: place });
const home = {
  team: z.looseObject({ id: place, domain: text.nullish(), enterprise_id: place }).nullish(),
  enterprise: z.looseObject({ id: place }).nullish(),
};
const entryNumber = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
/** What a view of ours remembers: a signature does not say that it is as it was. */
const state = z.looseObject({
  i: entryNumber,
  b: word.optional(),
  target: z
    .object({
      accounts: z
        .array(z.string().regex(/^\d{12}$/))
        .max(mostAffected)
        .optional(),
    })
    .catchall(z.union([z.string().max(2_048), entryNumber]))
    .optional(),
  facts: z.record(word, z.string().max(3_000)).optional(),
  seen: z.number().optional(),
  seq: entryNumber.optional(),
  page: entryNumber.optional(),
  subject: z.string().max(64).optional(),
});
const view = z.looseObject({
  id: word,
  hash: text.optional(),
  callback_id: text,
  app_installed_team_id: place,
  private_metadata: text.refine((told) => told === '' || state.safeParse(parseObject(told)).success),
  blocks: z.array(z.looseObject({ block_id: text.optional() })),
});

/** Of an input or a menu, as far as it is read. */
const entered = z.looseObject({
  value: text.nullish(),
  selected_option: z.looseObject({ value: text }).nullish(),
  selected_options: z.array(z.looseObject({ value: text })).nullish(),
});

const filledIn = z.looseObject({ values: z.record(z.string(), z.record(z.string(), entered)) });

const payloads: Readonly<Record<string, z.ZodType>> = {
  block_actions: z.looseObject({
    ...home,
    user,
    trigger_id: word,
    view: view.extend({ state: filledIn.nullish() }).nullish(),
    actions: z.tuple([entered.extend({ action_id: word, type: word })], z.unknown()),
  }),
  view_submission: z.looseObject({
    ...home,
    user,
    view: view.extend({ state: filledIn }),
  }),
  event_callback: z.looseObject({
    team_id: place,
    enterprise_id: place,
    authorizations: z.array(z.looseObject({ team_id: place, enterprise_id: place })).nullish(),
    event: z.looseObject({ type: word, user: z.string().regex(/^[UW][A-Z0-9]{2,40}$/), tab: text.optional() }),
  }),
};

const command = z.looseObject({
  command: z.string().startsWith('/').max(100),
  text: text.default(''),
  user_id: z.string().regex(/^[UW][A-Z0-9]{2,40}$/),
  user_name: text.default(''),
  team_id: place,
  enterprise_id: place,
});

/** Why a payload is not acted on; undefined: it may be. */
export function payloadRefusal(payload: unknown, origin: Origin): PayloadRefusal | undefined {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return 'slack-payload';
  const body = payload as Readonly<Record<string, unknown>>;
  if (!isOfApp(body, origin.app)) return 'slack-app';
  if (!responseUrls(body).every((url) => isOfSlack(url, origin.sandbox))) return 'slack-response-url';
  const schema = 'command' in body ? command : Object.hasOwn(payloads, String(body.type)) ? payloads[String(body.type)] : undefined;
  return schema?.safeParse(body).success ? undefined : 'slack-payload';
}

/** What it is about has to be the same app's as well. */
function isOfApp(body: Readonly<Record<string, unknown>>, app: string | undefined): boolean {
  const named = [body.api_app_id, ...[body.view, body.message].map((one) => (one as { app_id?: unknown } | null | undefined)?.app_id)];
  const ids = new Set([...named.filter((id) => id !== undefined && id !== null), ...(app === undefined ? [] : [app])]);
  return ids.size <= 1;
}

function responseUrls({ response_url, response_urls }: Readonly<Record<string, unknown>>): unknown[] {
  const several = Array.isArray(response_urls) ? response_urls.map((one) => (one as { response_url?: unknown } | null)?.response_url) : [];
  return [response_url, ...several].filter((url) => url !== undefined && url !== null && url !== '');
}

/** An answer goes where the request says: only ever to Slack. */
function isOfSlack(url: unknown, sandbox: string | undefined): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password, origin } = new URL(url);
  if (sandbox !== undefined && origin === sandbox) return true;
  const isPlain = protocol === 'https:' && port === '' && username === '' && password === '';
  return isPlain && (hostname === 'hooks.slack.com' || hostname === 'hooks.slack-gov.com');
}
