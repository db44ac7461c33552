// What the Workbench knows of a task: the student's stub, the visible checks, and what the library answers to their cases.
import type { StudentTask } from '../student/course.ts';

export interface WorkbenchTask extends StudentTask {
  readonly stub: string;
  /** Of the visible cases. */
  readonly seed: number;
}
