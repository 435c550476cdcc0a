/**
 * Slack's error strings by what they mean to whoever called. Sources: the error tables of chat.update, chat.postMessage, conversations.history,
 * conversations.replies, usergroups.users.list, auth.test, views.open, views.update and views.publish, and the errors common to all methods
 * (docs.slack.dev/reference/methods).
 */
import type { ErrorCode } from '../domain/error.ts';

/** For now: it may have happened, and the next try may get an answer. */
const unclear = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org', 'update_failed'];

/** For now: it did not happen, and will when the workspace or the channel is itself again. */
const later: Record<string, string> = {
  org_login_required: 'The workspace is being moved into an organisation. Slack takes nothing until that is done.',
  external_channel_migrating: 'INCIDENT_CHANNEL is being migrated. Slack takes no edits until that is done.',
  message_limit_exceeded: 'The workspace has used up its messages for now (Slack’s free plan).',
  streaming_state_conflict: 'Slack still streams this message.',
};

/** For good, for this content: another may be taken. */
const content = [
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_attachments',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'msg_blocks_too_long',
  'msg_too_long',
  'too_many_attachments',
  'attachment_payload_limit_exceeded',
  'markdown_text_conflict',
  'invalid_arguments',
  'invalid_arg_name',
  'invalid_array_arg',
  'view_too_large',
  'no_text',
];

/** For good, for this message: it is gone. */
const gone = ['message_not_found', 'thread_not_found'];

/** For good, for this message: it stands as it is. */
const locked: Record<string, string> = {
  cant_update_message:
    'Slack does not let the bot edit it (cant_update_message): another app or an earlier installation posted it, or editing is restricted. Check the workspace’s settings, Permissions, Message editing.',
  edit_window_closed:
    'The workspace lets nobody edit messages of that age (edit_window_closed). Allow it at any time: workspace settings, Permissions, Message editing.',
  block_mismatch: 'Slack does not let this content replace what the message holds (block_mismatch).',
  cant_broadcast_message: 'Slack does not let this reply be sent to the channel (cant_broadcast_message).',
  no_dual_broadcast_content_update: 'Slack does not let this reply be edited (no_dual_broadcast_content_update).',
};

/** A trigger lives three seconds and opens one view. */
const expired = ['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id'];

const newToken = 'Install the Slack app again and set SLACK_BOT_TOKEN to the new token.';
const reinstall = 'Install the Slack app again from manifest.yml.';
const posting = 'Let the bot post in INCIDENT_CHANNEL, or set another channel.';

/** For good, until somebody fixes the token, the app, the channel or the user group: what is wrong, and the fix. */
const standing: Record<string, string> = {
  invalid_auth: `Slack refuses SLACK_BOT_TOKEN (invalid_auth). ${newToken}`,
  not_authed: `Slack got no token (not_authed). ${newToken}`,
  token_revoked: `Slack refuses SLACK_BOT_TOKEN: it was revoked (token_revoked). ${newToken}`,
  token_expired: `Slack refuses SLACK_BOT_TOKEN: it has expired (token_expired). Switch token rotation off in the Slack app. ${newToken}`,
  account_inactive: `Slack refuses SLACK_BOT_TOKEN: the app was removed from the workspace (account_inactive). ${newToken}`,
  not_allowed_token_type: 'SLACK_BOT_TOKEN is of the wrong kind. Set it to the Bot User OAuth Token (xoxb-…).',
  missing_scope: `The Slack app lacks a scope (missing_scope). ${reinstall}`,
  no_permission: `Slack does not let the app do this (no_permission). ${reinstall} Invite it to INCIDENT_CHANNEL.`,
  access_denied: 'Slack denies the app access (access_denied). Ask whoever manages apps in the workspace.',
  app_access_restricted: 'Slack denies the app access (app_access_restricted). Ask whoever manages apps in the workspace.',
  team_access_not_granted: 'The organisation has not granted the app this workspace. Ask whoever manages apps in the organisation.',
  enterprise_is_restricted: 'The token belongs to an organisation. Install the app in one workspace and set that token.',
  two_factor_setup_required: 'Slack wants two-factor authentication set up by whoever installed the app.',
  accesslimited: 'Slack does not take calls from the network of the bot. Allow its address in the Slack app’s and the workspace’s settings.',
  ekm_access_denied: 'The organisation’s encryption keys are suspended, so nobody posts in Slack. Ask its security team.',
  channel_not_found: 'INCIDENT_CHANNEL does not exist, or the bot may not see it. Invite the bot, or set another channel.',
  is_archived: 'INCIDENT_CHANNEL is archived. Unarchive it, or set another one.',
  is_inactive: 'INCIDENT_CHANNEL is archived, frozen or deleted. Unarchive it, or set another one.',
  not_in_channel: 'The bot is not in INCIDENT_CHANNEL. Invite it.',
  team_not_found: 'The workspace of INCIDENT_CHANNEL was not found. Set another channel.',
  channel_is_limited_access: `The bot has no access to INCIDENT_CHANNEL. ${posting}`,
  method_not_supported_for_channel_type: 'INCIDENT_CHANNEL is no ordinary channel. Set another one.',
  posting_to_channel_denied: `Slack does not let the bot post (posting_to_channel_denied). ${posting}`,
  restricted_action: `A setting of the workspace keeps the bot from posting (restricted_action). ${posting}`,
  restricted_action_read_only_channel: `INCIDENT_CHANNEL is read-only. ${posting}`,
  restricted_action_thread_only_channel: `INCIDENT_CHANNEL takes replies only. ${posting}`,
  restricted_action_non_threadable_channel: 'INCIDENT_CHANNEL takes no replies in threads. Allow them, or set another channel.',
  restricted_action_thread_locked: 'Somebody locked the thread of a card, so replies wait. Unlock it.',
  cannot_reply_to_message: 'Slack takes no replies to a card in INCIDENT_CHANNEL. Set another channel.',
  messages_tab_disabled: 'The app’s Messages tab is switched off. Switch it on in the Slack app, App Home.',
  not_enabled: 'The app’s Home tab is switched off. Switch it on in the Slack app, App Home.',
  no_such_subteam: 'The user group does not exist, or it is disabled.',
  plan_upgrade_required: 'The Slack plan of this workspace has no user groups. Name people by their ids instead.',
};

export interface SlackMeaning {
  readonly code: ErrorCode;
  /** What is wrong, with the fix where there is one; undefined: only the call and Slack's own word are known. */
  readonly says?: string;
}

function all(names: readonly string[], code: ErrorCode, says?: string): [string, SlackMeaning][] {
  return names.map((name) => [name, { code, ...(says === undefined ? {} : { says }) }]);
}

const meanings: ReadonlyMap<string, SlackMeaning> = new Map([
  ...all(unclear, 'ambiguous'),
  ...all(['ratelimited', 'rate_limited'], 'throttled', 'Slack asks to wait.'),
  ...Object.entries(later).map(([name, says]): [string, SlackMeaning] => [name, { code: 'unavailable', says }]),
  ...all(content, 'invalid'),
  ...all(gone, 'gone', 'The message was deleted.'),
  ...Object.entries(locked).map(([name, says]): [string, SlackMeaning] => [name, { code: 'locked', says }]),
  ...all(expired, 'expired', 'Slack took too long. Press the button again.'),
  ...Object.entries(standing).map(([name, says]): [string, SlackMeaning] => [name, { code: 'denied', says }]),
]);

/**
 * What Slack's error means. An error that is not known is taken as `denied`: it is told, and tried again at leisure. What is no error name at
 * all is no answer of Slack's, but a proxy's page in place of one.
 */
export function meaningOf(error: string): SlackMeaning {
  if (!/^[a-z][a-z0-9_]*$/.test(error)) return { code: 'ambiguous' };
  return meanings.get(error) ?? { code: 'denied' };
}
