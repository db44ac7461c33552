// `classroom`: the visible checks of every task as the output that GitHub Classroom's reporter reads. Hidden ones are not
// here: the teacher grades them from the repositories.
import { type ClassroomResult, classroomOutput, classroomTest } from '../formats/classroom.ts';
import { checkTask } from './check.ts';
import type { Home, StudentCourse } from './course.ts';

export async function printForClassroom(course: StudentCourse, home: Home): Promise<void> {
  const tests: ClassroomResult['tests'][number][] = [];
  let points = 0;
  for (const each of course.tasks) {
    const { task } = each;
    const file = home.fileOf(task.id)?.name ?? `${task.id}.ts`;
    const results = await checkTask(course, home, each);
    const total = results.reduce((sum, { weight }) => sum + weight, 0);
    points += task.points;
    for (const result of results) {
      const score = result.status === 'passed' ? (task.points * result.weight) / total : 0;
      tests.push(classroomTest(`${task.id}: ${result.title}`, file, { ...result, score }));
    }
  }
  const status = tests.every((each) => each.status === 'pass') ? 'pass' : 'fail';
  console.log(`result=${classroomOutput({ version: 1, status, max_score: points, tests })}`);
}
