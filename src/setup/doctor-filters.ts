/** The doctor's second opinion: whether AWS judges the filters in use as the responder does. */
import { setTimeout as pause } from 'node:timers/promises';
import { difference, type Question, questionsFor } from '../domain/detection/second-opinion.ts';
import { asAppError } from '../domain/error.ts';
import type { DoctorOptions, Finding } from './finding.ts';

const about = 'Filters';
/** AWS allows five a second and account; one is left to people. */
const inOneSecond = 4;

export async function checkFilters({ aws, accounts }: DoctorOptions): Promise<Finding[]> {
  if (accounts.size === 0) return [];
  const questions = questionsFor(await aws.awsSide());
  const findings: Finding[] = [];
  for (let start = 0; start < questions.length; start += inOneSecond) {
    if (start > 0) await pause(1_000);
    const asked = questions.slice(start, start + inOneSecond);
    findings.push(...(await Promise.all(asked.map((question) => ask(aws, question)))).flat());
  }
  if (findings.length > 0) return findings;
  return questions.length === 0 ? [] : [{ about, state: 'ok', says: `AWS judges ${questions.length} filters in use as the responder does` }];
}

async function ask(aws: DoctorOptions['aws'], question: Question): Promise<Finding[]> {
  const { name, account, region } = question.filter;
  try {
    const counted = await aws.testFilter(question.filter, question.filter.pattern, question.lines);
    const says = difference(question, counted);
    return says === undefined ? [] : [{ about, state: 'note', says, fix: 'Report it, with the pattern. Until then believe AWS.' }];
  } catch (thrown) {
    return [{ about, state: 'note', says: `AWS was not asked about the filter ${name} (${account} ${region}): ${asAppError(thrown).message}` }];
  }
}
