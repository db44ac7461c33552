// `compare`: pairs of submissions that resemble each other, task by task, the nearest first.

import { similarPairs } from '../kit/compare.ts';
import { submissionsIn } from '../kit/grade-folder.ts';
import { loadTasks } from '../kit/load.ts';
import { studentFile } from '../kit/stub.ts';
import { readSubmission } from '../kit/submission.ts';

/** Pairs below this share are not worth a look. */
const WORTH_A_LOOK = 0.6;

export async function compare([folder]: readonly string[], words: readonly string[] = []): Promise<void> {
  if (!folder) throw new Error('compare: name a folder of submissions');
  const tasks = (await loadTasks(words)).map(({ task }) => task);
  const ids = tasks.map(({ id }) => id);
  const submissions = submissionsIn(folder, ids).map(({ student, path }) => ({
    student,
    files: readSubmission(path, ids).files,
  }));
  console.log(
    `${submissions.length} submissions. A share says where to look; short functions have few right forms.`,
  );
  let found = 0;
  for (const task of tasks) {
    const written = submissions.flatMap(({ student, files }) => {
      const text = files.get(task.id)?.text;
      return text ? [{ student, text }] : [];
    });
    const reference = { student: '(the library)', text: studentFile(task, { bodies: 'kept' }) };
    const pairs = similarPairs([...written, reference], studentFile(task, { bodies: 'cut' }));
    for (const { a, b, share, fingerprints } of pairs.filter((pair) => pair.share >= WORTH_A_LOOK)) {
      console.log(`${task.id}  ${(100 * share).toFixed(0).padStart(3)} % of ${fingerprints}  ${a}  ${b}`);
      found++;
    }
  }
  if (found === 0) console.log(`no pair shares ${100 * WORTH_A_LOOK} % or more`);
}
