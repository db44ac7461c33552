// The command `node course.mjs` of a student's folder. Without a word it checks the next open task, and checks again when
// a file changes or Enter is pressed: it looks at the files itself, because watchers miss saves on some systems.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTask, isDone, printChecks, printWhy, progressBar } from './check.ts';
import { printForClassroom } from './classroom.ts';
import { Home, type StudentCourse, type StudentTask, taskCalled } from './course.ts';
import { plug } from './plug.ts';
import { submit } from './submit.ts';

const usage = `node course.mjs             the next open task; checks again when you save, or press Enter
node course.mjs check 4     the visible checks of task 4 (check all: of every task)
node course.mjs why 4       the failing case, to be done again by hand
node course.mjs hint 4      a hint; add 2 or 3 for more
node course.mjs plug 4      a real training with your code in it (plug all: every task's)
node course.mjs submit      one file to hand in
node course.mjs list        what there is`;

/** @param place the address of course.mjs */
export async function runCourse(course: StudentCourse, place: string): Promise<void> {
  const home = new Home(dirname(fileURLToPath(place)));
  const [command = 'next', word, more] = process.argv.slice(2);
  try {
    await obey(course, home, command, word, more);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function obey(
  course: StudentCourse,
  home: Home,
  command: string,
  word?: string,
  more?: string,
): Promise<void> {
  const named = () => (word === 'all' ? course.tasks : [taskCalled(course, word)]);
  switch (command) {
    case 'next':
      return next(course, home);
    case 'check':
      for (const each of named()) {
        const results = await checkTask(course, home, each);
        printChecks(each, results);
        if (results.some(({ status }) => status !== 'passed')) process.exitCode = 1;
      }
      console.log(progressBar(course, home));
      return;
    case 'why':
      return printWhy(taskCalled(course, word), await checkTask(course, home, taskCalled(course, word)));
    case 'hint':
      return hint(taskCalled(course, word), more);
    case 'plug':
      return plug(course, home, named());
    case 'classroom':
      return printForClassroom(course, home);
    case 'submit':
      return submit(course, home);
    case 'list':
      for (const each of course.tasks) {
        console.log(
          `${isDone(home, each) ? '✓' : ' '} ${each.number}  ${each.task.title} (${each.task.points} points)`,
        );
      }
      console.log(progressBar(course, home));
      return;
    default:
      if (!['help', '--help', '-h'].includes(command)) process.exitCode = 1;
      console.log(usage);
  }
}

function hint({ hints, number }: StudentTask, more = '1'): void {
  const at = Number(more);
  const text = hints[at - 1];
  if (!text) throw new Error(`task ${number} has hints 1 to ${hints.length}`);
  console.log(`Hint ${at} of ${hints.length}\n\n${text}`);
  if (at < hints.length) console.log(`\nMore: node course.mjs hint ${number} ${at + 1}`);
}

/** How often the file is looked at, in milliseconds. */
const LOOK_EVERY = 400;

async function next(course: StudentCourse, home: Home): Promise<void> {
  const open = course.tasks.find((each) => !isDone(home, each));
  if (!open) {
    console.log(
      `${progressBar(course, home)}\nEvery task passes its visible checks: node course.mjs plug all, then submit.`,
    );
    return;
  }
  console.log(
    `${progressBar(course, home)}\nLesson: lessons/${open.task.id}.md; your file: ${open.task.id}.ts`,
  );
  printChecks(open, await checkTask(course, home, open));
  if (!process.stdin.isTTY) return;
  console.log('Save the file or press Enter to check again; Ctrl+C ends.');
  await changed(home, open);
  return next(course, home);
}

function changed(home: Home, { task }: StudentTask): Promise<void> {
  const before = home.fileOf(task.id)?.text;
  return new Promise((resolve) => {
    const settle = () => {
      clearInterval(timer);
      process.stdin.off('data', settle);
      process.stdin.pause();
      resolve();
    };
    const timer = setInterval(() => {
      if (home.fileOf(task.id)?.text !== before) settle();
    }, LOOK_EVERY);
    process.stdin.once('data', settle);
    process.stdin.resume();
  });
}
