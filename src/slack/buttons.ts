/** What is behind a button, and its form. */
import type { View } from '@slack/types';
import type { Answers } from '../domain/response/question.ts';
import type { Response } from '../domain/response/response.ts';
import type { Asked, Planned, Prepared } from '../features/prepare-response.ts';
import type { SlackContext } from './click.ts';
import { confirmForm } from './forms.ts';

/** The responses behind a button, the first of which stands for them. */
export function behind({ responses }: Pick<SlackContext, 'responses'>, button: string): Response[] {
  return responses.filter((one) => one.button.id === button);
}

/** The response that is meant; the first stands for all behind its button. */
export function plannedOf(context: SlackContext, button = '', id?: string): Planned | undefined {
  const all = behind(context, button);
  const one = all.find((response) => response.id === id) ?? all[0];
  return one === undefined || one.kind === 'step' ? undefined : one;
}

interface Drawn {
  readonly prepared: Prepared;
  readonly says?: readonly string[];
  readonly answers?: Answers;
}

/** The form of all that are behind the button. */
export function formOf(context: SlackContext, { response }: Asked, { prepared, ...more }: Drawn): View {
  return confirmForm(prepared, prepared.plan.target, { alternatives: behind(context, response.button.id), ...more });
}
