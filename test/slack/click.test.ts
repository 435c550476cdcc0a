/** Where a click was decides how a window is opened. */
import type { View } from '@slack/types';
import { expect, it } from 'vitest';
import { type ClickArgs, clickOf } from '../../src/slack/click.ts';

const window = { type: 'modal', title: { type: 'plain_text', text: 't' }, blocks: [] } as View;

it.each([
  ['a message', undefined, 'views.open'],
  ['App Home', 'home', 'views.open'],
  ['a modal', 'modal', 'views.push'],
])('a window for a click in %s', async (_where, type, method) => {
  const called: string[] = [];
  const take = (name: string) => async () => {
    called.push(name);
    return { ok: true, view: { id: 'V2' } };
  };
  const client = { views: { open: take('views.open'), push: take('views.push'), update: take('views.update') } };
  const view = type === undefined ? {} : { view: { id: 'V1', hash: 'h', type } };
  const body = { user: { id: 'U1', name: 'dana' }, team: { id: 'T1' }, trigger_id: '1.2.3', ...view };
  const click = clickOf({ body, client, respond: async () => undefined } as unknown as ClickArgs, 0);
  await click.open(window);
  expect(called).toEqual([method]);
  if (type === undefined) return;
  await click.tell('That failed.');
  expect(called).toEqual([method, 'views.update']);
});
