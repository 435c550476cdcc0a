/** What was answered, as whoever approves it reads it. */
import { expect, it } from 'vitest';
import { answeredWords, type Question } from '../../../src/domain/response/question.ts';

const questions: Question[] = [
  {
    kind: 'choose-one',
    id: 'scope',
    label: 'Which access?',
    options: [
      { id: 'affected', label: 'What reaches the affected accounts', description: '1 assignment, 0 group memberships: prod 1234-5678-9012' },
      { id: 'all', label: 'All, in every account', description: '3 assignments, 2 group memberships' },
    ],
  },
  {
    kind: 'choose-several',
    id: 'keys',
    label: 'Which keys?',
    options: [
      { id: 'a', label: 'AKIA…AAAA', description: 'never used' },
      { id: 'b', label: 'AKIA…BBBB' },
    ],
  },
  { kind: 'text', id: 'how', label: 'How?' },
  { kind: 'typed-again', id: 'user-again', label: 'The user’s name, once more', expected: 'alice', longest: 64 },
];

it('names each choice with what the form says of it', () => {
  expect(answeredWords(questions, { scope: 'affected', keys: ['a', 'b'], how: 'by phone', 'user-again': 'alice' })).toEqual([
    'Which access? What reaches the affected accounts (1 assignment, 0 group memberships: prod 1234-5678-9012)',
    'Which keys? AKIA…AAAA (never used); AKIA…BBBB',
    'How? “by phone”',
  ]);
  expect(answeredWords(questions, { scope: 'all', keys: [] })).toEqual(['Which access? All, in every account (3 assignments, 2 group memberships)']);
});

it('says nothing of what was not answered, whatever the question is called', () => {
  expect(answeredWords(questions, {})).toEqual([]);
  expect(answeredWords([{ kind: 'choose-one', id: 'constructor', label: 'x', options: [{ id: 'y', label: 'z' }] }], {})).toEqual([]);
});
