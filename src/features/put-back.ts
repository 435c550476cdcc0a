/** Gives back in AWS what a step took. */
import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import type { Actor } from '../domain/response/actor.ts';
import { type KeptState, keysBack } from '../domain/response/kept-state.ts';
import type { Doing } from '../domain/response/response.ts';
import { certainly } from './certainly.ts';
import { stateNow } from './keep-contained.ts';

interface Taken extends Pick<Doing, 'actor' | 'stopped'> {
  readonly before: KeptState;
  /** As the step left it. */
  readonly left: KeptState;
}

/** What AWS has said it gave back: ids of keys, or the quarantine. */
export interface PutBack {
  readonly faults: readonly string[];
  readonly back: readonly string[];
}

/** One call after the other, as long as nothing stops them. */
export async function putBack(ports: Ports, taken: Taken): Promise<PutBack> {
  return taken.left.of === 'quarantine' ? detached(ports, taken.left, taken.actor) : switchedOn(ports, taken);
}

async function detached(ports: Ports, left: KeptState, actor: Actor): Promise<PutBack> {
  const isOff = async (): Promise<boolean> => {
    const now = await stateNow(ports, left);
    return now.of === 'quarantine' && !now.isOn;
  };
  const faults = await faultsOf(() => certainly(ports, () => ports.containment.quarantine(left.holder, false, actor), isOff));
  return { faults, back: faults.length === 0 ? [left.of] : [] };
}

async function switchedOn(ports: Ports, { before, left, actor, stopped }: Taken): Promise<PutBack> {
  const { account, name } = left.holder;
  const faults: string[] = [];
  const back: string[] = [];
  for (const id of keysBack(before, left)) {
    const isOn = async (): Promise<boolean> => (await ports.containment.keys({ account, name })).some((key) => key.id === id && key.isActive);
    const on = () => certainly(ports, () => ports.containment.switchKey({ account, name }, { id, isActive: true }, actor), isOn);
    const why = await stopped();
    const found = why === undefined ? await faultsOf(on) : [why];
    faults.push(...found);
    if (found.length === 0) back.push(id);
  }
  return { faults, back };
}

async function faultsOf(change: () => Promise<'done' | 'read' | 'unknown'>): Promise<string[]> {
  try {
    return (await change()) === 'unknown' ? ['AWS gave no answer. Check CloudTrail before you do it again.'] : [];
  } catch (thrown) {
    return [asAppError(thrown).message];
  }
}
