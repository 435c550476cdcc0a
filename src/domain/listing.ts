/** Lists that change while somebody pages through them: a part is found by the place of one of its items, not by how many come before it. */

export interface Turn<Place> {
  /** `on`: those that follow the place; `back`: those just before it. */
  readonly to: 'on' | 'back';
  readonly place: Place;
}

export interface Listing<Place> {
  /** So many at most. */
  readonly count: number;
  /** Undefined: the list's beginning. */
  readonly turn?: Turn<Place> | undefined;
}

/** From where the parts before and after this one are found; undefined: there is none. */
export interface Beside<Place> {
  readonly back: Place | undefined;
  readonly on: Place | undefined;
}
