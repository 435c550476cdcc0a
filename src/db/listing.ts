/** One part of a list, found by seeks. */
import type { Beside, Listing, Turn } from '../domain/listing.ts';

export interface ReadsList<Row, Place> {
  /** So many rows at most, nearest first, from a place on or back from it; undefined: from the beginning. */
  readonly read: (turn: Turn<Place> | undefined, most: number) => Promise<Row[]>;
  readonly placeOf: (row: Row) => Place;
}

/** A part that is empty by now, and a first one that is not whole, are read from the beginning. */
export async function listOf<Row, Place>(
  { count, turn }: Listing<Place>,
  { read, placeOf }: ReadsList<Row, Place>,
): Promise<Beside<Place> & { readonly rows: readonly Row[] }> {
  const isBack = turn?.to === 'back';
  const found = await read(turn, count + 1);
  if (turn !== undefined && found.length < (isBack ? count : 1)) return listOf({ count }, { read, placeOf });
  const nearest = found.slice(0, count);
  const rows = isBack ? nearest.toReversed() : nearest;
  const [first, last] = [rows[0], rows.at(-1)];
  const isMore = found.length > count;
  const back = first !== undefined && (isBack ? isMore : turn !== undefined) ? placeOf(first) : undefined;
  const on = last !== undefined && (isBack || isMore) ? placeOf(last) : undefined;
  return { rows, back, on };
}
