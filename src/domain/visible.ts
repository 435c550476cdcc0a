/**
 * Text from outside, so that it neither hides anything nor reorders what it stands in.
 * Sources: Unicode Standard Annex #9 (explicit formatting characters; a run between FSI and PDI is ordered by itself), Unicode Technical Standard
 * #55 ("Trojan source").
 */

/** Control, zero-width and bidirectional formatting characters, private ones and halves of characters. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** @param instead what is put in the place of each */
export function withoutInvisible(text: string, instead = ''): string {
  return text.replace(invisible, instead);
}

const [isolate, pop] = ['\u2068', '\u2069'];
/** The blocks whose characters are written from right to left. Source: DerivedBidiClass.txt, defaults of R and AL. */
const rightToLeft = '[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefe\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}]';
/** Within a sentence in such letters: what may stand between two of its words. A separator of ours (`·`, `:`) ends it, and a number that stands apart. */
const between = '(?:[ ,.;!?\'’"()/_-]{0,3}|[ _-]?\\d{1,9}[ _-]?)';
const run = new RegExp(`${rightToLeft}(?:${between}${rightToLeft})*\\d{0,9}`, 'gu');

/** Each run of right-to-left letters is ordered by itself: what stands beside it stays where it is. @param text without invisible characters */
export function isolated(text: string): string {
  return text.replace(run, `${isolate}$&${pop}`);
}

/** Cut to a length in characters; a run that is cut is ended. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = [...text];
  if (characters.length <= longest) return text;
  const head = characters.slice(0, Math.max(0, longest - 1));
  if (!isOpen(head)) return `${head.join('')}…`;
  const shorter = head.slice(0, -1);
  const isEmpty = shorter.at(-1) === isolate;
  return isEmpty ? `${shorter.slice(0, -1).join('')}…` : `${shorter.join('')}${isOpen(shorter) ? pop : ''}…`;
}

function isOpen(characters: readonly string[]): boolean {
  return characters.lastIndexOf(isolate) > characters.lastIndexOf(pop);
}

/** What JSON leaves as it is, and is not seen, by number: it says the same to whoever reads it as JSON. @param json on one line */
export function visibleJson(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
