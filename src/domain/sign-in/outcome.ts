/** What a CloudTrail record says came of it: of any record, not only of sign-ins. */
import { asObject, asText, type Json } from '../json.ts';
import { signInSources, textOf } from './principal.ts';

/** `unknown`: the record tells neither, or both. */
export type Outcome = 'success' | 'failure' | 'unknown';

/** Sign-in services write the outcome as a word; everything else failed where there is an error. */
export function outcomeOf(record: Json): Outcome {
  const { code, message } = errorOf(record);
  const isError = code !== undefined || message !== undefined;
  if (!signInSources.has(textOf(record.eventSource))) return isError ? 'failure' : 'success';
  const words = outcomeWords(record);
  if (words.some((word) => /^(failure|false)$/i.test(word))) return 'failure';
  if (words.some((word) => /^(success|true)$/i.test(word))) return isError ? 'unknown' : 'success';
  return isError ? 'failure' : 'unknown';
}

function outcomeWords(record: Json): string[] {
  const { success } = asObject(record.additionalEventData);
  const said = [record.responseElements, record.serviceEventDetails].flatMap((part) => Object.values(asObject(part)));
  return [...said.map(textOf).filter((word) => /^(success|failure)$/i.test(word)), typeof success === 'boolean' ? String(success) : textOf(success)];
}

/** The error of a record, as AWS wrote it. */
export function errorOf(record: Json): { readonly code: string | undefined; readonly message: string | undefined } {
  return { code: asText(record.errorCode), message: asText(record.errorMessage) };
}
