import { AppError } from '../domain/error.ts';
import { lookUp } from '../domain/json.ts';
import type { Metrics } from '../domain/ports.ts';

/** Error names of IAM, STS, CloudWatch and SNS, and what they mean to us. Source: the services' "Common errors" and action pages. */
const throttling = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'TooManyRequestsError',
  'RequestLimitExceeded',
  'LimitExceeded',
  'LimitExceededException',
]);
const denied = new Set(['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'AuthorizationErrorException', 'UnauthorizedOperation']);
/** Of the responder's own credentials, whatever is asked. Source: STS and S3, "Common errors", and the SDK's own names for what it does not find. */
const withoutCredentials: Record<string, string> = {
  CredentialsProviderError:
    'The responder has no AWS credentials. Give its process a role (of the instance or the task), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
  ExpiredToken: 'The responder’s AWS credentials have expired. Renew them; a role of the instance or the task renews its own.',
  InvalidClientTokenId:
    'AWS does not know the responder’s access key here. Correct AWS_ACCESS_KEY_ID, with AWS_SESSION_TOKEN where it is of a session; where it is known elsewhere, the region is not switched on in this account.',
  SignatureDoesNotMatch:
    'AWS does not accept the responder’s signature. Correct AWS_SECRET_ACCESS_KEY, which does not belong to the key id, or set this machine’s clock.',
  RegionDisabled:
    'STS is switched off in this region for the account. Switch it on in IAM, Account settings, or leave the region out of AWS_REGIONS.',
};
const sameWithoutCredentials: Record<string, string> = {
  TokenProviderError: 'CredentialsProviderError',
  UnrecognizedClient: 'InvalidClientTokenId',
  InvalidAccessKeyId: 'InvalidClientTokenId',
  InvalidSignature: 'SignatureDoesNotMatch',
  RequestExpired: 'SignatureDoesNotMatch',
  RequestTimeTooSkewed: 'SignatureDoesNotMatch',
};
const missing = new Set([
  'NoSuchEntity',
  'NoSuchEntityException',
  'ResourceNotFound',
  'ResourceNotFoundException',
  'NotFound',
  'NotFoundException',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
]);
const sentences: Record<string, string> = {
  EntityTemporarilyUnmodifiable: 'AWS is still changing this user; try again in a few minutes.',
  PasswordPolicyViolation: "AWS refused the new password: it does not satisfy the account's password policy.",
  PackedPolicyTooLarge: 'This is about more at once than one session in AWS can be limited to. Nothing was changed: do it in parts.',
  DeleteConflict: 'AWS will not delete this while it is still in use.',
  ConcurrentModification: 'Somebody else is changing the same thing in AWS; look again before you repeat it.',
};

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * An error of the SDK as ours.
 * @param operation what was called, for the sentence: `DescribeAlarms`
 * @param isChange whether the call changes AWS: then an end without an answer is `ambiguous`, else `unavailable`
 */
function awsError(thrown: unknown, operation: string, isChange: boolean): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown as SdkError;
  const name = (error.name ?? 'Error').replace(/Exception$/, '');
  const status = error.$metadata?.httpStatusCode;
  const options = { cause: thrown, reason: error.name ?? 'Error', operation };
  const unchanged = isChange ? '; nothing was changed' : '';
  if (throttling.has(error.name ?? '') || throttling.has(name))
    return new AppError('throttled', `AWS throttles ${operation} now${unchanged}. Try again in a minute.`, options);
  // IAM names the statement's effect, not the statement. Source: IAM user guide, "Troubleshoot access denied error messages".
  if (isChange && /explicit deny/.test(error.message ?? ''))
    return new AppError(
      'denied',
      `A policy in AWS denies the responder ${operation} here${unchanged}. Most likely it is about a user tagged signin-responder=protected, or about the responder itself: do it by hand.`,
      { ...options, isExplicit: true },
    );
  const own = lookUp(withoutCredentials, lookUp(sameWithoutCredentials, name) ?? name);
  if (own !== undefined) return new AppError('denied', `${own}${isChange ? ' Nothing was changed.' : ''}`, options);
  if (denied.has(error.name ?? '') || denied.has(name))
    return new AppError('denied', `AWS does not let the responder call ${operation} (${name})${unchanged}. Check its role's policy.`, options);
  if (missing.has(error.name ?? '') || missing.has(name))
    return new AppError('not-found', `AWS says that this does not exist (${operation}).`, options);
  const sentence = lookUp(sentences, name);
  if (sentence) return new AppError('refused', sentence, options);
  if (status !== undefined && status >= 400 && status < 500) return new AppError('refused', `AWS refused ${operation} (${name}).`, options);
  return isChange
    ? new AppError('ambiguous', `AWS gave no answer to ${operation}.`, options)
    : new AppError('unavailable', `AWS gave no answer to ${operation}. Try again in a minute.`, options);
}

/** Makes a call, counts it, and turns what it throws into an AppError. */
export type Called = <T>(operation: string, isChange: boolean, call: () => Promise<T>) => Promise<T>;

export function calling(metrics: Metrics): Called {
  return async (operation, isChange, call) => {
    try {
      const result = await call();
      metrics.count('aws_calls', `${operation} ok`);
      return result;
    } catch (thrown) {
      const error = awsError(thrown, operation, isChange);
      metrics.count('aws_calls', `${operation} ${error.code} ${error.reason}`);
      throw error;
    }
  };
}
