/** Pages as CloudWatch gives them: MaxRecords and NextToken. */
import { AwsError } from './errors.ts';
import type { Json } from './operation.ts';

const mostRecords = 100;

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** @throws AwsError for a size or a token that CloudWatch would not take */
export function pageOfRecords<T>(
  list: readonly T[],
  { MaxRecords = mostRecords, NextToken = '0' }: Json,
): { page: readonly T[]; next: { NextToken?: string } } {
  if (!Number.isInteger(MaxRecords) || Number(MaxRecords) < 1 || Number(MaxRecords) > mostRecords)
    throw validationError(`MaxRecords must be between 1 and ${mostRecords}.`);
  if (!/^\d+$/.test(String(NextToken))) throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  const end = Number(NextToken) + Number(MaxRecords);
  return { page: list.slice(Number(NextToken), end), next: end < list.length ? { NextToken: String(end) } : {} };
}
