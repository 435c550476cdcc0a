import { describe, expect, it } from 'vitest';
import { canaryIn, canaryReason, canaryStep, chainCut, isOfCanary } from '../../src/domain/canary.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { alarmText, prod, topic } from '../support/sandbox.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
const minute = 60_000;
const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:signin-responder-canary`;
const sent = { sentAt: t0, backOf: undefined, isRepeated: false };
const back = { ...sent, backOf: t0 };

describe('the canary', () => {
  it('is set off every hour, as long as it comes back', () => {
    expect(canaryStep({ ...sent, sentAt: undefined }, false, t0)).toEqual({ do: 'set-off', isRepeated: false });
    expect(canaryStep(sent, false, t0 + minute)).toEqual({ do: 'wait', until: t0 + 5 * minute });
    expect(canaryStep(back, false, t0 + 5 * minute)).toEqual({ do: 'wait', until: t0 + 60 * minute });
    expect(canaryStep(back, false, t0 + 60 * minute)).toEqual({ do: 'set-off', isRepeated: false });
  });

  it('that does not come back in five minutes says that the chain is cut, and is set off again until one does', () => {
    expect(canaryStep(sent, false, t0 + 5 * minute)).toEqual({ do: 'tell-cut', sentAt: t0 });
    expect(canaryStep(sent, true, t0 + 5 * minute)).toEqual({ do: 'set-off', isRepeated: false });
    expect(canaryStep(sent, true, t0 + 4 * minute)).toEqual({ do: 'wait', until: t0 + 5 * minute });
    expect(canaryStep(back, true, t0 + 4 * minute)).toEqual({ do: 'tell-whole' });
    expect(canaryStep({ ...sent, backOf: t0 - 60 * minute }, false, t0 + 5 * minute)).toEqual({ do: 'tell-cut', sentAt: t0 });
  });

  it('for which nobody looked in time is set off once more before anything is said', () => {
    for (const minutes of [7, 11]) expect(canaryStep(sent, false, t0 + minutes * minute)).toEqual({ do: 'set-off', isRepeated: true });
    expect(canaryStep({ ...sent, isRepeated: true }, false, t0 + 11 * minute)).toEqual({ do: 'tell-cut', sentAt: t0 });
  });

  it('is known by its alarm and its reason, whatever else that alarm says', () => {
    const signal = (state: 'ALARM' | 'OK', reason: string, name = 'signin-responder-canary') => {
      const message = JSON.stringify(alarmText(name, state, t0, { NewStateReason: reason }));
      return understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: t0, message })[0] as ReturnType<
        typeof understand
      >[number];
    };
    expect(canaryIn(signal('ALARM', canaryReason(t0)))).toBe(t0);
    for (const other of [signal('OK', canaryReason(t0)), signal('ALARM', 'test'), signal('ALARM', `${canaryReason(t0)}x`)])
      expect(canaryIn(other)).toBeUndefined();
    expect(isOfCanary(signal('OK', 'quiet'), arn)).toBe(true);
    expect(isOfCanary(signal('ALARM', canaryReason(t0), 'another'), arn)).toBe(false);
    expect(isOfCanary(signal('ALARM', 'x'), undefined)).toBe(false);
  });

  it('opens one incident, however often it is missed', () => {
    expect(chainCut(arn, t0, t0).digest).toBe(chainCut(arn, t0 + minute, t0 + minute).digest);
    expect(chainCut(arn, t0, t0)).toMatchObject({ severity: 'HIGH', account: prod, region: 'us-east-1' });
    expect(chainCut(arn, t0, t0).says).toContain('signin-responder-canary was set to ALARM at 2026-11-22 03:00 UTC');
  });
});
