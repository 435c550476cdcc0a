/**
 * Bodies in the database: JSON with the version of its shape. What an older version wrote is brought up to the shape of this one, step by step; what a
 * newer one wrote is refused, for nobody here knows what it means.
 */
import { AppError } from './error.ts';
import { type Json, parseObject } from './json.ts';

export interface Shape<T> {
  /** What it is the body of, in words. */
  readonly of: string;
  /** From each version to the next; the first takes what was written before bodies had a version. Their number is the version that is written. */
  readonly upgrades: readonly ((older: Json) => Json)[];
  /** What each body has, whatever else it has or has not. */
  readonly needs: readonly (keyof T & string)[];
}

export function storedBody<T extends object>({ upgrades }: Shape<T>, value: T): string {
  return JSON.stringify({ v: upgrades.length, ...value });
}

/** @throws AppError `refused` for one that a newer version wrote, `internal` for one that is none */
export function readBody<T extends object>({ of, upgrades, needs }: Shape<T>, body: string): T {
  const { v: version = 0, ...stored } = parseObject(body) ?? {};
  if (typeof version !== 'number' || version > upgrades.length)
    throw new AppError('refused', `A newer version of the responder wrote this ${of}. Bring this one up to date too.`);
  const value = upgrades.slice(version).reduce((older, upgrade) => upgrade(older), stored as Json);
  const missing = needs.filter((name) => value[name] === undefined);
  if (missing.length > 0) throw new AppError('internal', `The database holds an unreadable ${of}: it has no ${missing.join(', ')}.`);
  return value as T;
}
