/** The SDK's packages, each read when something of it is first asked for: together they would be a sixth of a start, which needs none. */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const read = createRequire(import.meta.url);

export const sdk = {
  get cloudTrail(): typeof import('@aws-sdk/client-cloudtrail') {
    return read('@aws-sdk/client-cloudtrail');
  },
  get cloudWatch(): typeof import('@aws-sdk/client-cloudwatch') {
    return read('@aws-sdk/client-cloudwatch');
  },
  get events(): typeof import('@aws-sdk/client-eventbridge') {
    return read('@aws-sdk/client-eventbridge');
  },
  get iam(): typeof import('@aws-sdk/client-iam') {
    return read('@aws-sdk/client-iam');
  },
  get identityStore(): typeof import('@aws-sdk/client-identitystore') {
    return read('@aws-sdk/client-identitystore');
  },
  get logs(): typeof import('@aws-sdk/client-cloudwatch-logs') {
    return read('@aws-sdk/client-cloudwatch-logs');
  },
  get s3(): typeof import('@aws-sdk/client-s3') {
    return read('@aws-sdk/client-s3');
  },
  get sha256(): typeof import('@aws-crypto/sha256-js') {
    return read('@aws-crypto/sha256-js');
  },
  get signature(): typeof import('@smithy/signature-v4') {
    return read('@smithy/signature-v4');
  },
  get sns(): typeof import('@aws-sdk/client-sns') {
    return read('@aws-sdk/client-sns');
  },
  get sqs(): typeof import('@aws-sdk/client-sqs') {
    return read('@aws-sdk/client-sqs');
  },
  get ssoAdmin(): typeof import('@aws-sdk/client-sso-admin') {
    return read('@aws-sdk/client-sso-admin');
  },
  get sts(): typeof import('@aws-sdk/client-sts') {
    return read('@aws-sdk/client-sts');
  },
};

/** Made when it is first asked for, and kept. */
export function onFirstUse<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Reading one takes up to a tenth of a second, in which nothing else happens: so much is between two of them. */
const pauseMs = 250;

/** Reads one package after the other, so that no click has to wait for the one that it needs. Ends early when the signal fires. */
export async function readAhead(stop: AbortSignal): Promise<void> {
  for (const { get } of Object.values(Object.getOwnPropertyDescriptors(sdk))) {
    await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    get?.();
  }
}
