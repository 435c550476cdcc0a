/**
 * Files in three steps: an address that takes one upload, the upload itself, and that it is complete.
 * Sources: files.getUploadURLExternal and files.completeUploadExternal, docs.slack.dev.
 */
import type { Call } from '../http.ts';
import { type Answer, type Args, failure, type Method } from './method.ts';
import { botId, botUser, directOf, type Workspace } from './workspace.ts';

/** A file that was announced: its address takes so many bytes, once. */
interface Upload {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  content: string | undefined;
  isComplete: boolean;
}

export class Uploads {
  readonly #workspace: Workspace;
  readonly #url: () => string;
  #uploads = new Map<string, Upload>();

  constructor(workspace: Workspace, url: () => string) {
    this.#workspace = workspace;
    this.#url = url;
  }

  methods(): Record<string, Method> {
    return {
      'files.getUploadURLExternal': { scopes: ['files:write'], run: (args) => this.#announce(args) },
      'files.completeUploadExternal': { scopes: ['files:write'], run: (args) => this.#complete(args) },
    };
  }

  /** `POST /slack/upload/<token>`: no token of the app is asked for. */
  take({ rest, body, response }: Call): void {
    const upload = this.#uploads.get(rest);
    const refused = upload === undefined || upload.content !== undefined || body.length !== upload.length;
    if (!refused) upload.content = body.toString('utf8');
    const status = upload === undefined ? 404 : refused ? 400 : 200;
    this.#workspace.exchange({ from: 'bot', what: 'upload', status: String(status) });
    response.writeHead(status, { 'content-type': 'text/plain' }).end(refused ? 'refused' : `OK - ${body.length}`);
  }

  #announce({ filename, length }: Args): Answer {
    const size = Number(length);
    if (typeof filename !== 'string' || filename === '' || !Number.isInteger(size)) return failure('invalid_arguments');
    if (size <= 0) return failure('file_upload_size_restricted');
    const id = this.#workspace.nextId('F');
    const token = `${id}-${Math.random().toString(36).slice(2)}`;
    this.#uploads.set(token, { id, name: filename, length: size, content: undefined, isComplete: false });
    return { ok: true, upload_url: `${this.#url()}/slack/upload/${token}`, file_id: id };
  }

  #complete({ files, channel_id, initial_comment }: Args): Answer {
    const wanted = Array.isArray(files) ? (files as { id?: unknown; title?: unknown }[]) : [];
    if (wanted.length === 0) return failure('invalid_arguments');
    const found = wanted.map(({ id }) => [...this.#uploads.values()].find((one) => one.id === id && !one.isComplete));
    if (found.some((one) => one === undefined)) return failure('file_not_found');
    if (found.some((one) => one?.content === undefined)) return failure('file_update_failed');
    const channel = this.#workspace.channel(String(channel_id));
    if (channel_id !== undefined && channel === undefined) return failure('channel_not_found');
    if (channel !== undefined && !channel.member) return failure('not_in_channel');
    for (const one of found) if (one !== undefined) this.#share(one, channel?.id ?? '', initial_comment);
    return { ok: true, files: wanted.map(({ id, title }) => ({ id, title })) };
  }

  #share(upload: Upload, channel: string, comment: unknown): void {
    const { id, name, content = '' } = upload;
    upload.isComplete = true;
    const user = this.#workspace.users.find((one) => directOf(one.id) === channel)?.id ?? '';
    this.#workspace.files.push({ id, name, channel, user, content });
    const ts = this.#workspace.nextTs();
    const text = `${comment === undefined ? '' : `${String(comment)} `}[${name}]`;
    if (channel !== '') this.#workspace.messages.push({ ts, channel, text, blocks: [], bot_id: botId, user: botUser, earlier: [] });
    this.#workspace.changed();
  }
}
