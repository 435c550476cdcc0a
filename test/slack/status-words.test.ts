import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedFor } from '../../src/slack/status-words.ts';

const alarms = ['ConsoleSigninFailures', 'Root sign-in 2', 'A&B <prod>', 'open the door'];
const asked = (text: string) => askedFor(text, alarms);

describe('what is typed after /signin-status', () => {
  const incidents = [
    'SIN-1',
    'sin-1',
    'Sin1',
    '1',
    '#1',
    '# 1',
    'SIN 1',
    'SIN_1',
    'sin #1',
    'SIN-1.',
    '“SIN-1”',
    '`sin-1`',
    ' SIN-01 ',
    'SIN-1 please',
  ];
  const loose = ['show me SIN-1', 'incident 1', 'what about sin 1?', '1 please', 'status of #1', 'is SIN-1 over'];
  it.each([...incidents, ...loose])('%j is incident 1', (text) => {
    expect(asked(text)).toEqual({ what: 'incident', number: 1 });
  });

  it.each(['help', 'HELP', 'Help!', '?', '--help', 'help me', '"help"', 'help please'])('%j is help', (text) => {
    expect(asked(text)).toEqual({ what: 'help' });
  });

  it.each(['coverage', 'Coverage', 'show coverage', 'COVERAGE please', 'coverage of eu-west-1'])('%j is coverage', (text) => {
    expect(asked(text)).toEqual({ what: 'coverage' });
  });

  it.each(['', '   ', 'status', 'show open incidents', '""'])('%j is the overview', (text) => {
    expect(asked(text)).toEqual({ what: 'overview' });
  });

  const names: [string, string][] = [
    ['consolesigninfailures', 'ConsoleSigninFailures'],
    ['"ConsoleSigninFailures"', 'ConsoleSigninFailures'],
    ['alarm ConsoleSigninFailures', 'ConsoleSigninFailures'],
    ['ROOT  sign-in 2', 'Root sign-in 2'],
    ['a&amp;b &lt;prod&gt;', 'A&B <prod>'],
    ['Open the door', 'open the door'],
  ];
  it.each(names)('%j is the alarm %j', (text, name) => {
    expect(asked(text)).toEqual({ what: 'alarm', name });
  });

  it('is taken as a name where nothing else fits, as it was typed', () => {
    expect(asked('Hilfe bitte')).toEqual({ what: 'alarm', name: 'Hilfe bitte' });
    expect(asked('&lt;!channel&gt;')).toEqual({ what: 'alarm', name: '<!channel>' });
    expect(asked('SIN-12345678901')).toEqual({ what: 'alarm', name: 'SIN-12345678901' });
  });

  it('never throws, and a number of any spelling is that number', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => askedFor(text, alarms).what.length > 0));
    const spelling = fc.constantFrom('SIN-', 'sin ', '#', 'Sin', 'sin_#', '');
    fc.assert(
      fc.property(spelling, fc.nat(999_999_999), (prefix, number) => {
        expect(askedFor(`${prefix}${number}`, [])).toEqual({ what: 'incident', number });
      }),
    );
  });
});
