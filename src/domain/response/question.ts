/** What a response asks before it is given: four kinds of question, none of which depends on another's answer. */

interface Asked {
  /** Names the answer. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  /** What is said where an answer is missing that is not optional. */
  readonly missing?: string;
}

export interface Option {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
}

interface ChooseOne extends Asked {
  readonly kind: 'choose-one';
  readonly options: readonly Option[];
  readonly initial?: string;
}

interface ChooseSeveral extends Asked {
  readonly kind: 'choose-several';
  readonly options: readonly Option[];
  readonly initial?: 'all';
}

interface TextQuestion extends Asked {
  readonly kind: 'text';
  readonly longest?: number;
  readonly isLong?: boolean;
}

/** A name that is on the form, typed once more. */
interface TypedAgain extends Asked {
  readonly kind: 'typed-again';
  readonly expected: string;
  readonly longest: number;
}

export type Question = ChooseOne | ChooseSeveral | TextQuestion | TypedAgain;

/** By the question's id; of several options a list. */
export type Answers = Readonly<Record<string, string | readonly string[]>>;

/** The one answer to a question; empty: none was given. */
export function answerTo(answers: Answers, id: string): string {
  const answer = Object.hasOwn(answers, id) ? answers[id] : undefined;
  return typeof answer === 'string' ? answer.trim() : '';
}

/** What was chosen of several. */
export function chosenIn(answers: Answers, id: string): readonly string[] {
  const answer = Object.hasOwn(answers, id) ? answers[id] : undefined;
  return Array.isArray(answer) ? answer : [];
}

/** What is wrong with the answers, by question. */
export type Problems = Readonly<Record<string, string>>;

export function problemsIn(questions: readonly Question[], answers: Answers): Problems {
  const found = questions.map((question): [string, string | undefined] => [question.id, problemWith(question, answers)]);
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined));
}

function problemWith(question: Question, answers: Answers): string | undefined {
  const { id, optional = false, missing = 'This needs an answer.' } = question;
  const given = question.kind === 'choose-several' ? chosenIn(answers, id) : [answerTo(answers, id)].filter((one) => one !== '');
  switch (question.kind) {
    case 'typed-again':
      return given[0] === question.expected ? undefined : 'This is not the name above. Type it exactly.';
    case 'text':
      return given.length > 0 || optional ? undefined : missing;
    default: {
      if (given.length === 0) return optional ? undefined : missing;
      const known = question.options.map((option) => option.id);
      return given.every((one) => known.includes(one)) ? undefined : 'This is no longer one of the choices. Choose again.';
    }
  }
}

/** What was answered, a line each as people read it: each choice with what the form says of it. A name that was typed again says nothing more. */
export function answeredWords(questions: readonly Question[], answers: Answers): string[] {
  return questions.flatMap((question): string[] => {
    const { kind, id, label } = question;
    if (kind === 'typed-again') return [];
    if (kind === 'text') return answerTo(answers, id) === '' ? [] : [`${label} “${answerTo(answers, id)}”`];
    const given = [Object.hasOwn(answers, id) ? (answers[id] ?? []) : []].flat();
    const chosen = question.options.filter((option) => given.includes(option.id)).map(optionWords);
    return chosen.length === 0 ? [] : [`${label} ${chosen.join('; ')}`];
  });
}

function optionWords({ label, description }: Option): string {
  return description === undefined ? label : `${label} (${description})`;
}
