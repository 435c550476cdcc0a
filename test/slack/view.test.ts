import { describe, expect, it } from 'vitest';
import { faultsOfView } from '../../src/sandbox/slack/validate.ts';
import { modal, option, severalOf } from '../../src/slack/view.ts';

describe('a question of which several answers may be given', () => {
  it.each([
    [10, 'checkboxes'],
    [11, 'multi_static_select'],
    [30, 'multi_static_select'],
  ])('offers all %i, as %s, and has them chosen', (count, type) => {
    const options = Array.from({ length: count }, (_, index) => option(String(index), `SIN-${index}`));
    const block = severalOf('incidents', 'Which of this attack?', options, { chosen: options, hint: 'Others may be open.' });
    expect(block).toMatchObject({ hint: { text: 'Others may be open.' }, element: { type, options, initial_options: options } });
    expect(faultsOfView({ ...modal({ callback: 'respond', title: 'Resolve SIN-1', state: { i: 1 }, submit: 'Resolve', blocks: [block] }) })).toEqual(
      [],
    );
  });
});
