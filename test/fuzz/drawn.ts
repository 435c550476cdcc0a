/** What is wrong with what was drawn for Slack: whatever went in, this must never come out. */
import { faultsOfBlocks, faultsOfView } from '../../src/sandbox/slack/validate.ts';

const ours = /NaN|Infinity|undefined|\[object |Invalid Date|\0/;

/** @param mayRing ids that a message may mention */
export function faultsOfMessage({ text, blocks }: { text: string; blocks: unknown }, mayRing: readonly string[]): string[] {
  return [
    ...(/[<>]/.test(text) ? [`unescaped in text: ${text}`] : []),
    ...faultsOfBlocks(blocks, 'message'),
    ...faultsInside([text, blocks], mayRing),
  ];
}

export function faultsOfDrawnView(view: unknown): string[] {
  return [...faultsOfView(view as Parameters<typeof faultsOfView>[0]), ...faultsInside(view, [])];
}

function faultsInside(value: unknown, mayRing: readonly string[]): string[] {
  if (typeof value === 'string')
    return ours.test(value) ? [`shows ${JSON.stringify(ours.exec(value)?.[0])} in ${JSON.stringify(value.slice(0, 200))}`] : [];
  if (Array.isArray(value)) return value.flatMap((one) => faultsInside(one, mayRing));
  if (typeof value !== 'object' || value === null) return [];
  const element = value as Record<string, unknown>;
  return [...ringing(element, mayRing), ...Object.values(element).flatMap((one) => faultsInside(one, mayRing))];
}

function ringing(element: Record<string, unknown>, mayRing: readonly string[]): string[] {
  const { type, text } = element;
  if (type === 'mrkdwn' && /<[!@#]/.test(String(text))) return [`a mention in mrkdwn: ${String(text)}`];
  if (type === 'broadcast' || type === 'channel') return [`an element ${type}`];
  const id = type === 'user' ? element.user_id : type === 'usergroup' ? element.usergroup_id : undefined;
  return id === undefined || mayRing.includes(String(id)) ? [] : [`rings ${String(id)}`];
}
