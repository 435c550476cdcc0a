/** What a dry run found: may, may not and why, or cannot be told. */
import type { RichTextElement, View } from '@slack/types';
import { accountWords } from '../domain/place.ts';
import { notLookedAt, type Simulated } from '../domain/response/dry-run.ts';
import type { Response } from '../domain/response/response.ts';
import type { CheckedCall, CheckedRung } from '../features/check-response.ts';
import { bold, code, lines, words } from './text.ts';
import { modal } from './view.ts';

export const checkAction = 'check';

interface Checked {
  readonly incident: number;
  readonly response: Response;
  readonly checked: readonly CheckedRung[];
}

const mostCalls = 20;

export function checkView({ incident, response, checked }: Checked, accounts: ReadonlyMap<string, string>): View {
  const assumed = new Set<string>();
  const blocks = checked.map((rung) => lines(...rungRows(rung, { isOneOfSeveral: checked.length > 1, accounts, assumed })));
  const end = lines([words('Nothing was changed. '), words(notLookedAt, 300)]);
  return modal({ callback: 'checked', title: response.button.heading, state: { i: incident }, close: 'Back', blocks: [...blocks, end] });
}

interface Telling {
  readonly isOneOfSeveral: boolean;
  readonly accounts: ReadonlyMap<string, string>;
  /** Roles that were said to be assumed: once is enough. */
  readonly assumed: Set<string>;
}

function rungRows({ response, skipped, calls, roles }: CheckedRung, { isOneOfSeveral, accounts, assumed: said }: Telling) {
  const head: RichTextElement[][] = isOneOfSeveral ? [[bold(response.label)]] : [];
  if (skipped !== undefined) return [...head, [words(`Skipped: ${skipped.replace(' Nothing was done.', '')}`, 500)]];
  if (calls.length === 0) return [...head, [words('What is called depends on the answers: fill in the form, then press Check again.')]];
  const assumed = roles.flatMap(({ account, role, fault }): RichTextElement[][] => {
    const where = `${role ?? 'the responder itself'} in ${accountWords(account, accounts)}`;
    if (fault !== undefined) return [[bold('✗ Not as you: '), words(`${where} was not given. ${fault}`, 500)]];
    if (said.has(where)) return [];
    said.add(where);
    return [[bold('✓ As you: '), words(`${where} acts in your name.`)]];
  });
  const more = calls.length > mostCalls ? [[words(`and ${calls.length - mostCalls} more calls.`)]] : [];
  return [...head, ...assumed, ...calls.slice(0, mostCalls).map(callRow), ...more];
}

const verdicts: Record<Simulated['is'], string> = { may: '✓ May', 'may-not': '✗ May not', 'cannot-tell': '? Cannot say' };

function callRow({ call, answer }: CheckedCall): RichTextElement[] {
  const why = answer.is === 'may' ? '' : `: ${answer.why}`;
  return [bold(`${verdicts[answer.is]} `), words(call.action), words(' on '), code(call.resource, 300), words(`${why}.`, 500)];
}
