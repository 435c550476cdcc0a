/**
 * response_url: five answers in thirty minutes, to one person. Those of a command replace nothing, whatever `replace_original` says
 * (slackapi/bolt-python#1268). Source: "Handling user interaction".
 */
import { unfit } from './messages.ts';
import type { Block, Workspace } from './workspace.ts';

type Json = Record<string, unknown>;

const responseUrlUses = 5;
const responseUrlMs = 30 * 60_000;

interface ResponseUrl {
  readonly user: string;
  readonly channel: string;
  readonly at: number;
  uses: number;
}

export class ResponseUrls {
  readonly #workspace: Workspace;
  readonly #ownUrl: () => string;
  readonly #urls = new Map<string, ResponseUrl>();

  constructor(workspace: Workspace, ownUrl: () => string) {
    this.#workspace = workspace;
    this.#ownUrl = ownUrl;
  }

  issue(user: string, channel: string): string {
    const id = this.#workspace.nextId('r');
    this.#urls.set(id, { user, channel, at: Date.now(), uses: 0 });
    return `${this.#ownUrl()}/slack/response/${id}`;
  }

  answer(id: string, body: Json): { status: number; text: string } {
    const known = this.#urls.get(id);
    if (known === undefined || Date.now() - known.at > responseUrlMs || known.uses >= responseUrlUses) return { status: 404, text: 'used_url' };
    known.uses++;
    const blocks = (body.blocks ?? []) as Block[];
    const refused = unfit(body);
    if (refused) return { status: 400, text: [refused.error, ...((refused.errors as string[] | undefined) ?? [])].join(': ') };
    if (body.response_type === 'in_channel') return { status: 400, text: 'the sandbox takes ephemeral answers only' };
    const { user, channel } = known;
    this.#workspace.ephemerals.push({ user, channel, ts: this.#workspace.nextTs(), text: String(body.text ?? ''), blocks });
    this.#workspace.changed();
    return { status: 200, text: 'ok' };
  }
}
