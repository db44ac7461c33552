// `grade`: a folder of submissions, or one, against the tasks as they stand here.
import { courseOf } from '../kit/course.ts';
import { type FormatName, formatNames, gradeFolder } from '../kit/grade-folder.ts';
import { loadTasks } from '../kit/load.ts';
import { Workplace } from '../kit/workplace.ts';

export interface TermOptions {
  readonly term?: string | undefined;
  readonly seed?: string | undefined;
  readonly 'per-student'?: boolean | undefined;
}

export interface GradeOptions extends TermOptions {
  readonly out?: string | undefined;
  readonly format?: string | undefined;
  readonly task?: string[] | undefined;
}

export async function grade([folder]: readonly string[], options: GradeOptions): Promise<void> {
  if (!folder) throw new Error('grade: name a folder or a zip of submissions');
  const { out, format = 'csv', task } = options;
  if (!out) throw new Error('grade: name a folder for the results, --out DIR');
  if (!isFormat(format))
    throw new Error(`grade: format must be one of ${formatNames.join(', ')}, got ${format}`);
  const workplace = await Workplace.open();
  try {
    const course = await courseOf(await loadTasks(task), termOf(options), workplace);
    const grades = await gradeFolder(course, folder, workplace.children, {
      format,
      out,
      onGrade: ({ student, score, points, seconds, isGradable, problems }, wasKnown) => {
        const result = isGradable
          ? `${score.toFixed(1)} of ${points}`
          : 'not gradable: the grader has a fault';
        console.log(`${student}: ${result}${wasKnown ? ', as before' : `, ${seconds.toFixed(1)} s`}`);
        for (const problem of problems) console.log(`  ${problem}`);
      },
    });
    console.log(`${grades.length} graded; results are in ${out}`);
    if (grades.some(({ isGradable }) => !isGradable)) process.exitCode = 1;
  } finally {
    workplace.close();
  }
}

export function termOf({ term, seed, 'per-student': isPerStudent = false }: TermOptions): {
  term: string;
  seed: number;
  isPerStudent: boolean;
} {
  if (!term || !/^[\w.-]+$/.test(term)) throw new Error('name the term, such as --term 2027s');
  const number = Number(seed);
  if (seed === undefined || !Number.isSafeInteger(number) || number < 0) {
    throw new Error('give the seed of the term, a whole number that only you know: --seed 12345');
  }
  return { term, seed: number, isPerStudent };
}

function isFormat(format: string): format is FormatName {
  return (formatNames as readonly string[]).includes(format);
}
