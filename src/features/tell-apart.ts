import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { toldApart } from '../domain/sign-in/told-apart.ts';
import type { Tx } from '../domain/store.ts';

/** An event under the id of another one, with another content, hides nothing and is hidden by nothing: it is one more. */
export async function tellApart(tx: Tx, events: readonly SignIn[]): Promise<SignIn[]> {
  if (events.length === 0) return [];
  return toldApart(events, await tx.known([...new Set(events.map(({ eventId }) => eventId))]));
}
