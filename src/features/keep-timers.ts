import type { Incident } from '../domain/incident/incident.ts';
import { firstLookAt, withTimers } from '../domain/incident/reminders.ts';
import type { TimerSettings } from '../domain/incident/timers.ts';
import type { Store, Tx } from '../domain/store.ts';

/** The store with which every incident that is saved has its timers: whoever changes one need not think of them. */
export function keepingTimers(store: Store, settings: TimerSettings): Store {
  return { ...store, transact: (work) => store.transact((tx) => work(timing(tx, settings))) };
}

function timing(tx: Tx, settings: TimerSettings): Tx {
  const schedule = async (changed: readonly Incident[]): Promise<void> => {
    for (const incident of changed) {
      const at = firstLookAt(incident, settings);
      if (at !== undefined) await tx.schedule([{ kind: 'timer', incident: incident.id }], at);
    }
  };
  return {
    ...tx,
    insert: async (opened) => {
      const timed = opened.map((one) => ({ ...one, incident: withTimers(one.incident, one.incident.openedAt) }));
      const ids = await tx.insert(timed);
      await schedule(timed.flatMap(({ incident }, index) => (incident.timers === undefined ? [] : [{ ...incident, id: ids[index] as number }])));
      return ids;
    },
    save: async (changes, now) => {
      const timed = changes.map((one) => ({ ...one, incident: withTimers(one.incident, now) }));
      await tx.save(timed, now);
      await schedule(timed.flatMap(({ incident }, index) => (incident === changes[index]?.incident ? [] : [incident])));
    },
  };
}
