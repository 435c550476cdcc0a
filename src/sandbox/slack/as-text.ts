/** Blocks as text, for `--play` and for tests: what a person would read. */
import type { Block } from './workspace.ts';

type Json = Record<string, unknown>;

export function textOfBlocks(blocks: readonly Block[]): string {
  return blocks
    .map(textOfBlock)
    .filter((text) => text !== '')
    .join('\n');
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function textOfBlock(block: Block): string {
  switch (block.type) {
    case 'header':
    case 'section':
      return plain(block.text);
    case 'context':
      return list(block.elements).map(plain).join('\n');
    case 'rich_text':
      return list(block.elements)
        .map((element) => list(element.elements).map(inline).join(''))
        .join('\n');
    case 'actions':
      return list(block.elements).map(control).join(' ');
    case 'input':
      return `${plain(block.label)}: ${control(block.element as Json)}`;
    default:
      return '';
  }
}

function plain(text: unknown): string {
  return String((text as Json | undefined)?.text ?? '');
}

function inline(element: Json): string {
  switch (element.type) {
    case 'date':
      return shownTime(Number(element.timestamp) * 1_000);
    case 'user':
      return `@${element.user_id}`;
    case 'usergroup':
      return `@${element.usergroup_id}`;
    case 'link':
      return `${String(element.text ?? element.url)}`;
    default:
      return String(element.text ?? '');
  }
}

const halfDay = 12 * 3_600_000;

/** With the date where it is not of today or so. */
function shownTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return Math.abs(Date.now() - ms) < halfDay ? iso.slice(11, 16) : iso.slice(0, 16).replace('T', ' ');
}

function control(element: Json): string {
  const options = list(element.options).map((option) => plain(option.text));
  if (element.type === 'overflow') return `[⋯ ${options.join(' · ')}]`;
  if (options.length > 0) return `(${options.join(' | ')})`;
  return element.type === 'button' ? `[${plain(element.text)}]` : '____';
}
