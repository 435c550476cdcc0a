import type { Ports } from '../domain/ports.ts';
import { mayBeOwn, type OwnAction, ownActionIn, ownWindow } from '../domain/response/own-actions.ts';
import type { Signal } from '../domain/signal/signal.ts';
import type { Tx } from '../domain/store.ts';

interface Own {
  readonly signal: Signal;
  readonly action: OwnAction;
}

/** Events that this bot's responses caused. */
export async function ownActions(tx: Tx, arrived: readonly { readonly signal: Signal }[], settings: Ports['settings']): Promise<Own[]> {
  const changes = arrived.flatMap(({ signal }) => (signal.kind === 'sign-in' && mayBeOwn(signal) ? [signal] : []));
  if (changes.length === 0) return [];
  const { from, until } = ownWindow(changes.map(({ at }) => at));
  const begun = await tx.begun(Object.keys(settings.causes), from, until);
  return changes.flatMap((signal) => {
    const action = ownActionIn(signal, begun, settings);
    return action ? [{ signal, action }] : [];
  });
}

export async function noteOwnAction(tx: Tx, signal: Signal, { incident, seq, text }: OwnAction, now: number): Promise<void> {
  const body = {
    what: 'own-action',
    text,
    reason: 'our-own-action',
    details: signal.kind === 'sign-in' ? [`Event ${signal.eventId}`, `Of entry ${seq}`] : [],
  };
  await tx.append([{ incident, at: now, kind: 'note', reply: 'none', body }]);
}
