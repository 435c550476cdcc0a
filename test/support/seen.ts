/** What a person sees of a click, a submit or a command. */
import { type Interaction, textOf, type View } from './sandbox.ts';

export function viewOf(interaction: Pick<Interaction, 'views'>): View {
  const view = interaction.views.at(0);
  if (view === undefined) throw new Error(`No view: ${JSON.stringify(interaction)}`);
  return view;
}

/** What was said to whoever clicked, and to nobody else. */
export function told({ ephemerals }: Pick<Interaction, 'ephemerals'>): string {
  return ephemerals.map(textOf).join('\n');
}

/** The values that a view offers under an action id. */
export function optionsOf(view: View, id: string): string[] {
  for (const block of view.blocks) {
    const element = block.element as { action_id?: string; options?: { value: string }[] } | undefined;
    if (element?.action_id === id) return element.options?.map(({ value }) => value) ?? [];
  }
  return [];
}
