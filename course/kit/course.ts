// A course of one term, as the grader needs it: made from the tasks' folders and the library as they are now.
import type { Course, GradedTask } from './grading.ts';
import type { TaskFolder } from './load.ts';
import { studentFile } from './stub.ts';
import { allDials, dialsKey } from './variants.ts';
import type { Workplace } from './workplace.ts';

export interface Term {
  readonly term: string;
  /** Secret: it decides on dials and hidden cases. */
  readonly seed: number;
  /** Whether each student has dials of their own. */
  readonly isPerStudent: boolean;
}

export async function courseOf(
  folders: readonly TaskFolder[],
  term: Term,
  workplace: Workplace,
): Promise<Course> {
  const tasks: GradedTask[] = [];
  for (const { task, visible, hidden } of folders) {
    tasks.push({
      task,
      visible,
      hidden,
      socket: await workplace.socket(task),
      references: referencesOf(task),
    });
  }
  return { ...term, tasks };
}

/** The reference of a task as a student's file, for each setting of its dials. */
export function referencesOf(task: TaskFolder['task']): Record<string, string> {
  return Object.fromEntries(
    allDials(task).map((dials) => [dialsKey(dials), studentFile(task, { bodies: 'kept', dials })]),
  );
}
