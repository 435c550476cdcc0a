import { expect, it } from 'vitest';
import { aftermathLines, aftermathOf, aftermathSteps, beyondUser } from '../../../src/domain/response/aftermath.ts';

const at = Date.parse('2026-11-26T06:00:00Z');
const record = (eventName: string, requestParameters: object, responseElements: object = {}) => ({
  eventName,
  eventTime: new Date(at).toISOString(),
  userIdentity: { userName: 'alice' },
  requestParameters,
  responseElements,
});

it('of a user who is denied everything, only what others can use goes on, each with what stops it', () => {
  const found = aftermathOf(
    [
      record('CreateAccessKey', { userName: 'alice' }, { accessKey: { accessKeyId: 'AKIAALICEQQQQQQQQQQQ' } }),
      record('CreateAccessKey', {}),
      record('CreateLoginProfile', { userName: 'alice' }),
      record('CreateAccessKey', { userName: 'alicea' }, { accessKey: { accessKeyId: 'AKIAALICEAQQQQQQQQQQ' } }),
      record('CreateUser', { userName: 'support-2' }),
      record('CreateRole', { roleName: 'back-door' }),
      record('AssumeRole', { roleArn: 'arn:aws:iam::123456789012:role/data-team' }),
    ],
    at + 60_000,
  );
  const beyond = beyondUser(found, 'alice');
  const lines = aftermathLines(beyond, 'alice');
  expect(lines[0]?.of).toEqual({ what: 'sessions', whose: { kind: 'role', name: 'data-team', account: '123456789012' } });
  expect(lines.map(({ text }) => text)).toEqual([
    'role data-team, which alice assumed: its sessions run until 2026-11-26 07:00 UTC',
    'access key of alicea (AKIA…QQQQ), made by alice 2026-11-26 06:00 UTC',
    'user support-2, made by alice 2026-11-26 06:00 UTC',
    'role back-door, made by alice 2026-11-26 06:00 UTC',
  ]);
  const { steps, roles } = aftermathSteps(beyond);
  expect(steps).toContain('User support-2: More responses, “Somebody else, by name”, Contain.');
  expect(steps).toContain('User alicea: More responses, “Somebody else, by name”, Contain.');
  expect(steps).toContain('Role back-door: end its older sessions by the command below.');
  expect(roles).toEqual(['data-team', 'back-door']);
});
