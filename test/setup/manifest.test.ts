/** The Slack app's manifest as it is printed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { manifestFor } from '../../src/setup/manifest.ts';

const manifest = readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8');
const addresses = (text: string): string[] => text.match(/https?:\/\/\S+/g) ?? [];

describe('the manifest', () => {
  it('for a host has its address wherever Slack calls', () => {
    const printed = manifestFor(manifest, 'responder.example.com');
    expect(new Set(addresses(printed))).toEqual(new Set(['https://responder.example.com/slack/events']));
    expect(parse(printed).settings).toMatchObject({ socket_mode_enabled: false, event_subscriptions: { request_url: expect.any(String) } });
  });

  it('for Socket Mode has no address, and is the same else', () => {
    const printed = manifestFor(manifest, undefined);
    expect(addresses(printed)).toEqual([]);
    const { settings, ...others } = parse(printed);
    expect(settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
    expect(settings.event_subscriptions.bot_events).toEqual(['app_home_opened']);
    const { oauth_config, display_information, features } = parse(manifest);
    expect(others).toMatchObject({ oauth_config, display_information });
    expect(others.features.slash_commands).toEqual(features.slash_commands.map(({ url: _, ...one }: { url: string }) => one));
  });

  // Source: "App manifest reference", docs.slack.dev.
  it('keeps to the lengths that Slack takes', () => {
    const { display_information, features } = parse(manifest);
    expect(display_information.name.length).toBeLessThanOrEqual(35);
    expect(display_information.description.length).toBeLessThanOrEqual(140);
    expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    for (const { command, description, usage_hint } of features.slash_commands) {
      expect(command.length).toBeLessThanOrEqual(32);
      expect(description.length).toBeLessThanOrEqual(2_000);
      expect(usage_hint.length).toBeLessThanOrEqual(1_000);
    }
  });
});
