/** A process may have been suspended between an intent and what it does in AWS: who asked reckons with it no more. Pure. */
import { duration } from '../incident/incident.ts';
import type { Ended } from './plan.ts';

/** So long after its intent a response may still begin to change AWS. */
const latestMs = 60_000;

/** Undefined: it is in time. @param isUnderWay whether nobody has told its outcome meanwhile */
export function tooLate({ at, isUnderWay }: { at: number; isUnderWay: boolean }, now: number): Ended | undefined {
  if (isUnderWay && now - at <= latestMs) return undefined;
  const text = `The responder stood still for ${duration(now - at)} before it called AWS. Nothing was done: begin again, if it is still wanted.`;
  return { result: 'refused', text };
}
