/**
 * The Files port over the Web API: an address to upload to, the upload, and that it is complete. Source: "Working with files",
 * files.getUploadURLExternal and files.completeUploadExternal, docs.slack.dev.
 */
import type { WebClient } from '@slack/web-api';
import { AppError, asAppError } from '../domain/error.ts';
import type { Files } from '../domain/files.ts';
import { slackError } from './errors.ts';

const uploadMs = 30_000;

/** @param sandbox the sandbox's origin, where there is one: it stands for Slack */
export function filesOf(client: WebClient, sandbox: string | undefined): Files {
  const called = async <T>(method: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      throw slackError(thrown, method);
    }
  };
  /** Before the last call nobody has the file, whatever became of the one that was not answered. */
  const before = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((thrown: unknown) => {
      const { code, message, reason } = asAppError(thrown);
      throw code === 'ambiguous' ? new AppError('unavailable', message, { cause: thrown, ...(reason === undefined ? {} : { reason }) }) : thrown;
    });
  return {
    send: async (person, { name, content, says }) => {
      const bytes = Buffer.from(content, 'utf8');
      const { channel } = await before(called('conversations.open', () => client.conversations.open({ users: person })));
      const wanted = { filename: name, length: bytes.length };
      const { upload_url = '', file_id = '' } = await before(called('files.getUploadURLExternal', () => client.files.getUploadURLExternal(wanted)));
      if (!isOfSlack(upload_url, sandbox)) throw new AppError('denied', 'Slack named an address to upload to that is none of Slack’s.');
      await before(upload(upload_url, bytes));
      const place = { channel_id: channel?.id ?? '', initial_comment: says };
      await called('files.completeUploadExternal', () => client.files.completeUploadExternal({ files: [{ id: file_id, title: name }], ...place }));
    },
  };
}

/** The address itself is the permission: the token stays here. */
async function upload(url: string, bytes: Buffer<ArrayBuffer>): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await fetch(url, { method: 'POST', headers, body: bytes, redirect: 'error', signal: AbortSignal.timeout(uploadMs) }).catch(
    (cause: unknown) => {
      throw new AppError('ambiguous', 'Slack gave no answer to the upload of the file.', { cause });
    },
  );
  await answer.body?.cancel();
  if (!answer.ok) throw new AppError('denied', `Slack did not take the file (status ${answer.status}).`);
}

function isOfSlack(url: string, sandbox: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, origin } = new URL(url);
  if (sandbox !== undefined && origin === sandbox) return true;
  return protocol === 'https:' && port === '' && (hostname === 'files.slack.com' || hostname === 'files.slack-gov.com');
}
