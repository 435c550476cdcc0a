/** What was done about people of an incident because of others that it is linked to: it is not advised again. Pure. */
import type { DoneElsewhere, Held } from '../incident/elsewhere.ts';
import type { Incident } from '../incident/incident.ts';
import type { Subject } from '../sign-in/subjects.ts';
import { heldAgainst } from './standing.ts';
import { type TargetKind, targetOf } from './target.ts';

const kinds: readonly TargetKind[] = ['iam-user', 'role', 'identity-center-user', 'root'];
/** Of more incidents it is left out. */
const mostElsewhere = 30;

/** Whether anything was ever done because of an incident that others have to know of. */
export function isToBeTold({ contained, passwordsReset, rootsEmptied }: Incident): boolean {
  return contained !== undefined || rootsEmptied !== undefined || passwordsReset.length > 0;
}

/** The incident with what stands of another one about its own people; the same object where that is known. */
export function withDoneOn(incident: Incident, other: Incident): Incident {
  const rest = (incident.elsewhere ?? []).filter((one) => one.incident !== other.id);
  const done = doneFor(incident.subjects, other);
  const elsewhere = done === undefined ? rest : [...rest, done].toSorted((a, b) => a.incident - b.incident).slice(-mostElsewhere);
  return JSON.stringify(elsewhere) === JSON.stringify(incident.elsewhere ?? []) ? incident : { ...incident, elsewhere };
}

/** Without those that go on as another incident. */
export function withoutElsewhere(incident: Incident, merged: ReadonlySet<number>): Incident {
  const elsewhere = incident.elsewhere?.filter((one) => !merged.has(one.incident));
  return elsewhere?.length === incident.elsewhere?.length ? incident : { ...incident, elsewhere };
}

function doneFor(subjects: readonly Subject[], { id, contained, passwordsReset, rootsEmptied = [] }: Incident): DoneElsewhere | undefined {
  const targets = subjects.flatMap((subject) => targetOf(subject, kinds) ?? []);
  const held = new Set(targets.flatMap((target) => heldAgainst({ contained }, target)));
  const users = new Set(targets.flatMap((target) => (target.kind === 'iam-user' ? [`${target.account}/${target.name}`.toLowerCase()] : [])));
  const roots = new Set(targets.flatMap(({ kind, ...target }) => (kind === 'root' && 'account' in target ? [target.account] : [])));
  const done = {
    incident: id,
    contained: [...held].map(({ incident, seq, on, by, at, left }): Held => ({ incident, seq, on, by, at, left })),
    passwordsReset: passwordsReset.filter((user) => users.has(user.toLowerCase())),
    rootsEmptied: rootsEmptied.filter(({ account }) => roots.has(account)),
  };
  return done.contained.length + done.passwordsReset.length + done.rootsEmptied.length === 0 ? undefined : done;
}
