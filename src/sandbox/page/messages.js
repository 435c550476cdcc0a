// Draws messages as Slack does: in the channel, in a thread, in direct messages, and those that one person sees.
import { drawBlocks, drawText, make, shownTime } from './blocks.js';

/** `click(message, element, option)` is called on a button of it, `open(ts)` to read its thread; `files` are what it may have brought along. */
export function messageNode(message, { names, click, open, replies = 0, files = [] }) {
  const act = (element, option) => click(message, element, option);
  const body = message.blocks.length > 0 ? drawBlocks(message.blocks, act, names) : [textNode(message.text, names)];
  const by = make('div', { class: 'by' }, 'Sign-in Responder', appNode());
  by.append(make('small', {}, `${shownTime(Number(message.ts))}${message.edited ? ' (edited)' : ''}`));
  const content = make('div', { class: 'content' }, by);
  if (message.broadcast) content.append(make('div', { class: 'broadcast' }, 'replied to a thread'));
  content.append(...body, ...files.filter(({ name }) => message.text.endsWith(`[${name}]`)).map(fileNode));
  if (replies > 0)
    content.append(
      make(
        'button',
        { type: 'button', class: 'replies', 'data-testid': 'replies', onclick: () => open(message.ts) },
        `${replies} ${replies === 1 ? 'reply' : 'replies'}`,
      ),
    );
  const testId = message.channel.startsWith('D') ? 'direct' : message.thread_ts ? 'reply' : 'card';
  return make('article', { class: 'message', 'data-testid': testId, 'data-ts': message.ts }, make('div', { class: 'avatar' }, 'S'), content);
}

export function ephemeralNode({ blocks, text }, names) {
  const body = blocks.length > 0 ? drawBlocks(blocks, () => undefined, names) : [textNode(text, names)];
  const content = make(
    'div',
    { class: 'content' },
    make('div', { class: 'only' }, 'Only visible to you'),
    make('div', { class: 'by' }, 'Sign-in Responder', appNode()),
    ...body,
  );
  return make('article', { class: 'message ephemeral', 'data-testid': 'ephemeral' }, make('div', { class: 'avatar' }, 'S'), content);
}

function textNode(text, names) {
  return make('div', { class: 'b-text' }, ...drawText(text, names));
}

function appNode() {
  return make('span', { class: 'app' }, 'APP');
}

function fileNode({ name, content }) {
  return make('details', { 'data-testid': 'file' }, make('summary', {}, `Open ${name}`), make('pre', { class: 'b-pre' }, content));
}
