/** What a person sees of a click, a submit or a command. */
import { alarmText, type Interaction, type Sandbox, textOf, type View } from './sandbox.ts';

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

/** Plays a scenario. @returns the `ts` of its card */
export async function incidentOf(sandbox: Sandbox, scenario: string): Promise<string> {
  await sandbox.scenario(scenario);
  return (await sandbox.card()).ts;
}

/** An alarm whose log has nothing: nobody is named. */
export async function incidentOfNobody(sandbox: Sandbox): Promise<string> {
  await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', Date.now()) });
  return (await sandbox.card()).ts;
}

/** What its replies say, once they say this. */
export async function threadSaying(sandbox: Sandbox, text: string): Promise<string> {
  return sandbox.until(`a thread saying “${text}”`, async () => {
    const said = (await sandbox.replies()).map(textOf).join('\n');
    return said.includes(text) && said;
  });
}

const changing = new Set(['UpdateLoginProfile', 'DeactivateMFADevice', 'DeleteVirtualMFADevice', 'SetAlarmState']);

/** The calls so far that reset something in AWS. */
export async function changesIn(sandbox: Sandbox): Promise<string[]> {
  return (await sandbox.aws()).calls.map(({ operation }) => operation).filter((operation) => changing.has(operation));
}
