/**
 * The regular expressions of filter patterns (`%…%`), run in time linear in the text: all states at once, never back. Who wrote the pattern
 * may be hostile. AWS knows no groups, so an expression is alternatives of terms with a repetition each.
 * Source: "Supported regular expressions (regex) syntax" (CloudWatch Logs user guide).
 */

/** Whether an expression matches anywhere in a text. */
export type Matcher = (text: string) => boolean;

type Fits = (letter: string) => boolean;

/** One step of the machine; it goes on with the next one where nothing else is said. */
type Step = { readonly fits: Fits } | { readonly forks: readonly number[] } | { readonly at: 'start' | 'end' } | { readonly matched: true };

/** More steps are not run: the expression counts as one that cannot be read. */
const mostSteps = 500;
const mostRepeats = 200;

const plain = /^[A-Za-z0-9:_#=@/;, -]$/;
const operators = '^$?[]{}|\\*+.';
const classes: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, s: /[\t \n]/, S: /[^\t \n]/, w: /\w/, W: /\W/ };

/** @param source what stands between the percent signs; undefined where AWS does not take it, or where it is too large to be run */
export function matcherOf(source: string): Matcher | undefined {
  const program: Step[] = [];
  const ways: number[] = [];
  for (const alternative of alternativesOf(source)) {
    ways.push(program.length);
    if (!compiled(alternative, program)) return undefined;
    program.push({ matched: true });
  }
  return program.length > mostSteps ? undefined : (text) => runs(program, ways, text);
}

/** Split at each `|` that is neither escaped nor in brackets. */
function alternativesOf(source: string): string[] {
  const parts = [''];
  let inBrackets = false;
  for (const piece of source.match(/\\[\s\S]|[\s\S]/g) ?? []) {
    if (piece === '|' && !inBrackets) parts.push('');
    else parts[parts.length - 1] += piece;
    inBrackets = piece === '[' || (inBrackets && piece !== ']');
  }
  return parts;
}

const atom = /\\x[0-9A-Fa-f]{2}|\\.|\[\^?(?:\\x[0-9A-Fa-f]{2}|\\.|[^\]\\])+\]|[^\\[]/y;
const repetition = /[?*+]|\{(\d*)(,?)(\d*)\}/y;

/** False where the expression is none of AWS's. */
function compiled(source: string, program: Step[]): boolean {
  let at = 0;
  while (at < source.length) {
    atom.lastIndex = at;
    const found = atom.exec(source)?.[0];
    if (found === undefined) return false;
    at += found.length;
    if (found === '^' || found === '$') {
      program.push({ at: found === '^' ? 'start' : 'end' });
      continue;
    }
    const fits = fitsOf(found);
    repetition.lastIndex = at;
    const repeated = repetition.exec(source);
    const times = timesOf(repeated);
    if (fits === undefined || times === undefined) return false;
    at += repeated?.[0].length ?? 0;
    emit(fits, times, program);
    if (program.length > mostSteps) return false;
  }
  return true;
}

interface Times {
  readonly least: number;
  /** Undefined: as often as it fits. */
  readonly most: number | undefined;
}

function timesOf(found: RegExpExecArray | null): Times | undefined {
  if (found === null) return { least: 1, most: 1 };
  const [sign, least = '', comma, most = ''] = found;
  if (sign === '?') return { least: 0, most: 1 };
  if (sign === '*' || sign === '+') return { least: sign === '*' ? 0 : 1, most: undefined };
  if (least === '' && most === '') return undefined;
  const times = { least: Number(least), most: most !== '' ? Number(most) : comma === '' ? Number(least) : undefined };
  const isInOrder = times.most === undefined || times.most >= times.least;
  return isInOrder && Math.max(times.least, times.most ?? 0) <= mostRepeats ? times : undefined;
}

function emit(fits: Fits, { least, most }: Times, program: Step[]): void {
  for (let count = 0; count < least; count++) program.push({ fits });
  if (most === undefined) {
    const start = program.length;
    program.push({ forks: [start + 1, start + 3] }, { fits }, { forks: [start] });
    return;
  }
  const end = program.length + 2 * (most - least);
  for (let count = least; count < most; count++) program.push({ forks: [program.length + 1, end] }, { fits });
}

function fitsOf(source: string): Fits | undefined {
  if (source === '.') return () => true;
  if (source.startsWith('[')) return setOf(source.slice(1, -1));
  if (source.startsWith('\\')) return letterOrClass(source);
  return plain.test(source) ? (letter) => letter === source : undefined;
}

function letterOrClass(source: string): Fits | undefined {
  const letter = literalOf(source);
  if (letter !== undefined) return (other) => other === letter;
  const kind = classes[source.slice(1)];
  return kind && ((other) => kind.test(other));
}

/** What `\x3A`, `\.` or a plain letter stands for; undefined for a class such as `\d`, and for what AWS does not take. */
function literalOf(source: string): string | undefined {
  if (source.startsWith('\\x') && source.length === 4) return String.fromCharCode(Number.parseInt(source.slice(2), 16));
  if (source.startsWith('\\')) return operators.includes(source.slice(1)) || /^\\[-/]$/.test(source) ? source.slice(1) : undefined;
  return plain.test(source) || operators.includes(source) ? source : undefined;
}

/** `abc`, `a-z`, `^abc`: what stands between the brackets. */
function setOf(source: string): Fits | undefined {
  const isNegated = source.startsWith('^');
  const pieces = (isNegated ? source.slice(1) : source).match(/\\x[0-9A-Fa-f]{2}|\\.|[\s\S]/g) ?? [];
  const members: Fits[] = [];
  for (let index = 0; index < pieces.length; index++) {
    const first = pieces[index] as string;
    const last = pieces[index + 1] === '-' ? pieces[index + 2] : undefined;
    const member = last === undefined ? letterOrClass(first) : rangeOf(first, last);
    if (member === undefined) return undefined;
    members.push(member);
    if (last !== undefined) index += 2;
  }
  return (letter) => members.some((member) => member(letter)) !== isNegated;
}

function rangeOf(first: string, last: string): Fits | undefined {
  const [low, high] = [literalOf(first), literalOf(last)];
  return low === undefined || high === undefined || low > high ? undefined : (letter) => letter >= low && letter <= high;
}

function runs(program: readonly Step[], ways: readonly number[], text: string): boolean {
  let states = new Set<number>();
  for (let index = 0; index <= text.length; index++) {
    // It may begin at each letter.
    for (const way of ways) reach(program, way, { index, length: text.length }, states);
    if ([...states].some((state) => 'matched' in (program[state] as Step))) return true;
    const letter = text[index];
    if (letter === undefined) return false;
    const next = new Set<number>();
    for (const state of states) {
      const step = program[state] as Step;
      if ('fits' in step && step.fits(letter)) reach(program, state + 1, { index: index + 1, length: text.length }, next);
    }
    states = next;
  }
  return false;
}

/** Adds the states that are reached from one without taking a letter. */
function reach(program: readonly Step[], from: number, place: { index: number; length: number }, states: Set<number>): void {
  const waiting = [from];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (states.has(state)) continue;
    states.add(state);
    const step = program[state] as Step;
    if ('forks' in step) waiting.push(...step.forks);
    if ('at' in step && place.index === (step.at === 'start' ? 0 : place.length)) waiting.push(state + 1);
  }
}
