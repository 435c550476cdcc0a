/** A case from the field: what people type after the command. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { people, Sandbox } from '../support/sandbox.ts';
import { incidentOf, told } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ APPROVALS: 'hand-over:0,reset-mfa:0' });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

describe('42: what a tired person types', () => {
  const answers: [string, RegExp][] = [
    ...['SIN-1', 'sin-1', '1', '#1', 'SIN 1', 'SIN-1 please', '"SIN-1"'].map((text): [string, RegExp] => [text, /^SIN-1 MEDIUM · open/]),
    ...['HELP', 'help me'].map((text): [string, RegExp] => [text, /^What can be asked\n/]),
    ...['Coverage', 'COVERAGE'].map((text): [string, RegExp] => [text, /detections are watched/]),
    ...['"ConsoleSigninFailures"', 'consolesigninfailures'].map((text): [string, RegExp] => [text, /^1 open incident\n/]),
    ['SIN-99', /^SIN-99 does not exist/],
    ['Hilfe', /^Not understood: “Hilfe”.*\nWhat can be asked\n/s],
    ['<!channel> <@U01BOBEK00>', /^Not understood: “<!channel> <@U01BOBEK00>”/],
  ];
  it('42: is understood in any case and spelling, and answered with help where it is not', async () => {
    await incidentOf(sandbox, 'sign-in-failures');
    for (const [text, answer] of answers)
      expect([text, told(await sandbox.command(people.dana, text))]).toEqual([text, expect.stringMatching(answer)]);
    const { ephemerals } = await sandbox.command(people.dana, '<!channel>');
    expect(ephemerals[0]?.text).toContain('&lt;!channel&gt;');
    expect(JSON.stringify(ephemerals[0]?.blocks)).not.toMatch(/"type":"(broadcast|user|usergroup|mrkdwn)"/);
  });
});
