import { accountWords } from '../../domain/place.ts';
import type { Line } from '../../domain/response/plan.ts';
import type { CallResponse } from '../../domain/response/response.ts';
import { credentialsIn, unreadIn } from '../../domain/response/root-access.ts';
import { rootLines, rootWords } from '../../domain/response/root-words.ts';
import { isAboutMemberRoot, rootAccessIn, rootAccount } from '../root-of-member.ts';

/** Reads what the management account is told of a member account's root user; a summary goes into the thread. */
export const auditRootCredentials: CallResponse = {
  kind: 'call',
  id: 'audit-root-credentials',
  label: 'Audit root credentials',
  button: { id: 'audit-root-credentials', label: 'Root credentials', heading: 'Root', verb: 'Look up' },
  needs: 'responder',
  effect: 'Lists password, MFA devices, access keys and signing certificates of a member account’s root user.',
  nonEffect: 'Changes nothing in AWS.',
  access: 'unchanged',
  undo: 'Nothing to undo',
  target: 'root',
  permissions: [],
  causes: [],
  offered: (incident, reach) => (isAboutMemberRoot(incident, reach) ? 'user' : undefined),
  plan: async (ports, target) => {
    const reached = rootAccessIn(ports, rootAccount(target));
    if (!reached.ok) return reached;
    const on = `root of ${accountWords(rootAccount(target), ports.settings.accounts)}`;
    return { ok: true, plan: { target, named: 'root', on, facts: {}, lines: [], notes: [], warnings: [], questions: [] } };
  },
  intent: ({ on }, by) => `${by.name} audits the credentials of ${on}.`,
  calls: () => [],
  act: async (ports, { target, on }) => {
    const account = rootAccount(target);
    const reached = rootAccessIn(ports, account);
    if (!reached.ok) return { result: 'refused', text: reached.message };
    const facts = await reached.access.audit(account);
    const now = ports.clock.now();
    const rows = rootLines(facts, now);
    const head: Line = [{ bold: `${on}: ` }, credentialsIn(facts).length === 0 ? 'nothing is there to sign in or call with.' : rootWords(facts, now)];
    return {
      result: unreadIn(facts).length === 0 ? 'done' : 'partly',
      text: `${on} has: ${rootWords(facts, now)}.`,
      shown: { title: 'Root credentials', blocks: [[head], ...rows.map((row) => [row])] },
    };
  },
};
