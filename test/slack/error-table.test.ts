import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/domain/error.ts';
import { meaningOf } from '../../src/slack/error-table.ts';
import { slackError } from '../../src/slack/errors.ts';

const refused = (error: string) => new WebAPIPlatformError({ ok: false, error });

describe('an error of Slack', () => {
  const kinds: [ErrorCode, string[]][] = [
    ['ambiguous', ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org', 'update_failed']],
    ['unavailable', ['org_login_required', 'external_channel_migrating', 'message_limit_exceeded', 'streaming_state_conflict']],
    ['throttled', ['ratelimited', 'rate_limited']],
    ['invalid', ['invalid_blocks', 'msg_too_long', 'msg_blocks_too_long', 'no_text', 'metadata_too_large', 'view_too_large']],
    ['gone', ['message_not_found', 'thread_not_found']],
    ['locked', ['cant_update_message', 'edit_window_closed', 'block_mismatch', 'cant_broadcast_message', 'no_dual_broadcast_content_update']],
    ['expired', ['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id']],
    ['denied', ['token_revoked', 'invalid_auth', 'account_inactive', 'not_authed', 'token_expired', 'missing_scope', 'no_permission']],
    ['denied', ['is_archived', 'is_inactive', 'not_in_channel', 'channel_not_found', 'restricted_action', 'restricted_action_read_only_channel']],
    ['denied', ['no_such_subteam', 'plan_upgrade_required', 'ekm_access_denied', 'accesslimited']],
  ];
  it.each(kinds)('is %s: %j', (code, errors) => {
    for (const error of errors) expect([error, meaningOf(error).code]).toEqual([error, code]);
  });

  it('that nobody knows is denied, and one that is no name is no answer', () => {
    expect(meaningOf('something_new_of_2027').code).toBe('denied');
    expect(meaningOf('<html>502 Bad Gateway</html>').code).toBe('ambiguous');
    expect(slackError(refused('something_new_of_2027'), 'chat.update').message).toBe('Slack refused chat.update (something_new_of_2027).');
  });

  it('that stays until somebody does something says what to do', () => {
    for (const error of kinds.filter(([code]) => code === 'denied').flatMap(([, errors]) => errors)) {
      const { message, reason } = slackError(refused(error), 'chat.postMessage');
      expect(reason).toBe(error);
      // The group and its variable are named by whoever asked for it.
      if (error !== 'no_such_subteam') expect(message).toMatch(/Install|Invite|invite|Unarchive|set another|Ask|Allow|allow|Let|Name people/);
    }
  });

  it('says when to come back where Slack does', () => {
    expect(slackError(new WebAPIRateLimitedError(30), 'views.open')).toMatchObject({ code: 'throttled', retryAfterMs: 30_000 });
  });
});
