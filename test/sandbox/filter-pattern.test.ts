/** The emulator's own evaluator of filter patterns, against what AWS's pages and people who tried it say. */
import { describe, expect, it } from 'vitest';
import { readPattern } from '../../src/sandbox/aws/filter-pattern.ts';

const line = JSON.stringify({
  eventName: 'ConsoleLogin',
  errorCode: 400,
  latency: 75.5,
  code: '400',
  flag: true,
  nothing: null,
  userIdentity: { type: 'IAMUser', userName: 'alice' },
  'detail-type': 'x',
  actions: ['GET', 'PUT'],
  users: [{ email: 'John.Doe@example.com' }],
  coordinates: [
    [0, 1],
    [4, 5],
  ],
  odd: 'Ev*ent "quoted"',
});

const matches = (pattern: string, text = line): boolean => readPattern(pattern).matches(text);

describe('a JSON pattern', () => {
  it.each([
    '{ $.eventName = ConsoleLogin }',
    '{$.eventName="ConsoleLogin"}',
    '{ $.eventName = "Console*" }',
    '{ $.eventName = *Login }',
    '{ $.eventName = "*sole*" }',
    '{ $.eventName = * }',
    '{ $.eventName != "SwitchRole" }',
    '{ $.odd = "Ev*ent \\"quoted\\"" }',
    '{ $.errorCode = 400 }',
    '{ $.errorCode = 400.0 }',
    '{ $.errorCode = "400" }',
    '{ $.errorCode = 4* }',
    '{ $.errorCode != 500 }',
    '{ $.latency > 75 && $.latency <= 75.5 && $.latency < 1e3 && $.latency >= +75.5 }',
    '{ $.code = 400 }',
    '{ $.flag IS TRUE }',
    '{ $.nothing IS NULL }',
    '{ $.missing NOT EXISTS }',
    '{ $.nothing.deeper NOT EXISTS }',
    '{ $.userIdentity.userName = %^al[a-z]+$% }',
    '{ $.detail-type = x }',
    '{ $.actions[0] = "GET" }',
    '{ $.users[0].email = "John.Doe@example.com" }',
    '{ $.coordinates[1][0] = 4 }',
    "{ $.['detail-type'] = x }",
    '{ $.users[*].email = John* }',
    '{ $.*.userName = alice }',
    '{ $.users[*].phone NOT EXISTS }',
    '{ ($.eventName = x) && ($.eventName = y) || ($.flag IS TRUE) }',
    '{ $.flag IS TRUE || $.eventName = x && $.eventName = y }',
  ])('%s matches', (pattern) => expect(matches(pattern)).toBe(true));

  it.each([
    ['an absent field', '{ $.missing != "Yes" }'],
    ['null', '{ $.nothing != "Yes" }'],
    ['an object', '{ $.userIdentity != "Yes" }'],
    ['an array', '{ $.actions != "Yes" }'],
    ['a boolean', '{ $.flag != "Yes" }'],
    ['null, which is there', '{ $.nothing NOT EXISTS }'],
    ['an absent field that is to be null', '{ $.missing IS NULL }'],
    ['a wildcard in the middle', '{ $.eventName = "Con*Login" }'],
    ['another case', '{ $.eventName = consolelogin }'],
    ['a quoted number written otherwise', '{ $.errorCode = "400.0" }'],
    ['order of a text', '{ $.code > 1 }'],
    ['an element that is not there', '{ $.actions[2] = "GET" }'],
    ['what parentheses bind', '{ ($.flag IS TRUE || $.eventName = x) && $.eventName = y }'],
  ])('%s does not match', (_what, pattern) => expect(matches(pattern)).toBe(false));

  it('matches no line that is not JSON', () => {
    for (const text of ['eventName ConsoleLogin', '"ConsoleLogin"', '{ broken']) expect(matches('{ $.eventName NOT EXISTS }', text)).toBe(false);
  });

  it.each([
    ['order with quotes', '{ $.errorCode > "400" }'],
    ['order of a word', '{ $.errorCode > many }'],
    ['a quoted selector', '{ $."detail-type" = x }'],
    ['IS NOT', '{ $.nothing IS NOT }'],
    ['EXISTS', '{ $.eventName EXISTS }'],
    ['three regular expressions', '{ $.a = %a% && $.b = %b% && $.c = %c% }'],
    ['a group in a regular expression', '{ $.a = %(a|b)% }'],
    ['two wildcards in a selector', '{ $.*.b[*] = x }'],
    ['four wildcards', '{ $.*.a = x || $.*.b = x || $.*.c = x || $.*.d = x }'],
    ['an open parenthesis', '{ ($.a = b }'],
    ['an open brace', '{ $.a = b'],
    ['a missing operator', '{ $.a b }'],
    ['a missing value', '{ $.a = }'],
    ['two values', '{ $.a = b c }'],
    ['nothing', '{ }'],
    ['single quotes', "{ $.a = 'b' }"],
    ['more than 1,024 characters', `{ $.a = "${'b'.repeat(1_020)}" }`],
  ])('%s is refused', (_what, pattern) => expect(() => readPattern(pattern)).toThrow(expect.objectContaining({ code: 'InvalidParameterException' })));

  it('tells what it found at its selectors', () => {
    expect(readPattern('{ $.eventName = * && $.errorCode > 1 && $.missing NOT EXISTS }').extract(line)).toEqual({
      '$.eventName': 'ConsoleLogin',
      '$.errorCode': '400',
    });
  });
});

describe('a pattern of terms', () => {
  const text = '[ERROR 419] MISSING ARGUMENTS for alice@example.com';
  it.each(['', ' ', '" "', 'ERROR', 'ERR', 'ERROR ARGUMENTS', '"ERROR 419"', 'ERROR -Exiting', '?nope ?ERROR', '?nope ERROR', '%[A-Z]+ 4[0-9]{2}%'])(
    '“%s” matches',
    (pattern) => expect(matches(pattern, text)).toBe(true),
  );
  it.each(['error', 'ERROR nope', 'ERROR -ARGUMENTS', '?nope ?never', '?ERROR nope', '%^MISSING%'])('“%s” does not match', (pattern) =>
    expect(matches(pattern, text)).toBe(false),
  );
  it.each(['alice@example.com', 'a:b', 'SUCCESS*', '%a!%'])('“%s” is refused', (pattern) => expect(() => readPattern(pattern)).toThrow('nvalid'));
});

describe('a pattern of fields', () => {
  const text = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
  it.each([
    '[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]',
    '[..., status_code = 404, bytes > 1000]',
    '[ip = 127*, ...]',
    '[ip, user = Prod || user = Dev, ..., bytes != 0]',
  ])('%s matches', (pattern) => expect(matches(pattern, text)).toBe(true));
  it.each(['[ip, user]', '[..., status_code = 500, bytes]', '[..., status_code = 4* && status_code != 404, bytes]'])('%s does not', (pattern) =>
    expect(matches(pattern, text)).toBe(false),
  );
});
