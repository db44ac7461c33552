// `make`: everything of one term.
import { readFileSync } from 'node:fs';
import { loadTasks } from '../kit/load.ts';
import { Workplace } from '../kit/workplace.ts';
import { makeTerm } from '../make/make.ts';
import { type TermOptions, termOf } from './grade.ts';

export interface MakeOptions extends TermOptions {
  readonly out?: string | undefined;
  readonly students?: string | undefined;
}

export async function make(words: readonly string[], options: MakeOptions): Promise<void> {
  const term = termOf(options);
  const { out = 'out', students } = options;
  if (term.isPerStudent && !students)
    throw new Error('make: --per-student needs --students FILE, one name a line');
  const names = students
    ? readFileSync(students, 'utf8')
        .replace(/^\uFEFF/, '')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter(Boolean)
    : [];
  if (term.isPerStudent && names.length === 0) throw new Error(`make: ${students} names nobody`);
  const odd = names.find((name) => !/^[\p{L}\p{N}._-]+$/u.test(name));
  if (odd) throw new Error(`make: a student's name may have letters, digits, dots and hyphens, got ${odd}`);
  const workplace = await Workplace.open();
  try {
    const home = await makeTerm(await loadTasks(words), { ...term, out, students: names }, workplace);
    console.log(`term ${term.term} is in ${home}`);
  } finally {
    workplace.close();
  }
}
