/** Where the buttons below a part of a list lead, as their values carry it: `on:1764140400000:42`. */
import type { Beside, Turn } from '../domain/listing.ts';
import { severities } from '../domain/severity.ts';
import type { SignInPlace } from '../domain/sign-in/listed.ts';
import type { FoldedPlace } from '../domain/storm/storm-store.ts';
import { numbersIn } from './view.ts';

/** The values of the two buttons; undefined: there is nothing on that side. */
export interface Sides {
  readonly back: string | undefined;
  readonly on: string | undefined;
}

function sidesOf<Place>({ back, on }: Beside<Place>, textOf: (place: Place) => string): Sides {
  return { back: back && `back:${textOf(back)}`, on: on && `on:${textOf(on)}` };
}

export function signInSides(around: Beside<SignInPlace>): Sides {
  return sidesOf(around, ({ at, id }) => `${at}:${id}`);
}

export function foldedSides(around: Beside<FoldedPlace>): Sides {
  return sidesOf(around, ({ severity, id }) => `${severity}:${id}`);
}

/** What is no such value leads to the beginning. */
function turnIn<Place>(value: string, placeOf: (first: string, second: number) => Place | undefined): Turn<Place> | undefined {
  const [to, first = '', second = ''] = value.split(':');
  const [id = 0] = numbersIn(second);
  const place = placeOf(first, id);
  return (to === 'on' || to === 'back') && place !== undefined ? { to, place } : undefined;
}

export function signInTurn(value: string): Turn<SignInPlace> | undefined {
  return turnIn(value, (first, id) => (Number.isSafeInteger(Number(first)) ? { at: Number(first), id } : undefined));
}

export function foldedTurn(value: string): Turn<FoldedPlace> | undefined {
  return turnIn(value, (first, id) => {
    const severity = severities.find((one) => one === first);
    return severity && { severity, id };
  });
}
