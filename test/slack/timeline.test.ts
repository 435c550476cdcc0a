import { expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Entry } from '../../src/domain/incident/timeline.ts';
import { timelineModal } from '../../src/slack/evidence.ts';

it.each([
  ['containment-broken', 'Given back by somebody else'],
  ['read-back', 'Read back'],
  ['something-new', 'Something new'],
])('an entry %s is called “%s” in the timeline', (what, label) => {
  const entry = { incident: 1, seq: 1, at: 0, kind: 'note', reply: 'none', body: { what, text: 'Said.' } } as unknown as Entry;
  const view = timelineModal({ id: 1 } as Incident, { entries: [entry], total: 1, page: 0, labels: new Map() });
  expect(JSON.stringify(view.blocks)).toContain(` · ${label}"`);
});
