// What each platform wants around the grader or the student's folder. The fields are those of the platforms' manuals.
import type { TaskFolder } from '../kit/load.ts';

type Files = Map<string, Uint8Array | string>;

const NODE = 'v20.19.5';

/** The zip that Gradescope builds its image from. */
export function gradescopeFiles(grader: ReadonlyMap<string, string>): Files {
  const setup = `#!/usr/bin/env bash
# Installs Node into the image; the grader needs nothing else.
set -euo pipefail
apt-get update && apt-get install -y --no-install-recommends ca-certificates curl xz-utils
curl -fsSL https://nodejs.org/dist/${NODE}/node-${NODE}-linux-x64.tar.xz | tar -xJ -C /usr/local --strip-components=1
`;
  const run = `#!/usr/bin/env bash
# Without results.json, which a fault of the grader leaves unwritten, Gradescope gives no points and takes none.
set -euo pipefail
node "\${AUTOGRADER:-/autograder}/source/grader.mjs" "\${AUTOGRADER:-/autograder}/submission" \\
  --format gradescope --results "\${AUTOGRADER:-/autograder}/results/results.json"
`;
  return new Map<string, string>([...grader, ['setup.sh', setup], ['run_autograder', run]]);
}

/** The template repository: the student's folder, and a workflow that runs the visible checks with the stock reporter. */
export function classroomFiles(student: ReadonlyMap<string, Uint8Array | string>): Files {
  const workflow = `name: visible checks
on: [push]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
      - id: course
        run: node course.mjs classroom >> "$GITHUB_OUTPUT"
      - uses: classroom-resources/autograding-grading-reporter@v1
        env:
          COURSE_RESULTS: \${{ steps.course.outputs.result }}
        with:
          runners: course
`;
  return new Map([...student, ['.github/workflows/classroom.yml', workflow]]);
}

/** One practice exercise per task, as a track keeps them; exemplars are among the teacher's files. */
export function exercismFiles(
  folders: readonly TaskFolder[],
  student: ReadonlyMap<string, Uint8Array | string>,
): Files {
  const files: Files = new Map();
  for (const { task, lesson, hints } of folders) {
    const home = `exercises/concept/${task.id.slice(3)}`;
    const config = {
      authors: [],
      files: { solution: [`${task.id}.ts`], test: ['course.mjs'], exemplar: ['.meta/exemplar.ts'] },
      blurb: task.title,
    };
    files.set(`${home}/.meta/config.json`, `${JSON.stringify(config, null, 2)}\n`);
    files.set(`${home}/.docs/instructions.md`, lesson);
    files.set(
      `${home}/.docs/hints.md`,
      `# Hints\n\n${hints.map((hint, at) => `## ${at + 1}\n\n${hint}\n`).join('\n')}`,
    );
    files.set(`${home}/${task.id}.ts`, student.get(`${task.id}.ts`)!);
  }
  return files;
}

/** One question for each task: the grader runs in an image of Node. */
export function prairielearnFiles(
  folders: readonly TaskFolder[],
  student: ReadonlyMap<string, Uint8Array | string>,
  term: string,
): Files {
  const files: Files = new Map();
  for (const { task, lesson } of folders) {
    const home = `questions/${task.id}`;
    const info = {
      uuid: uuidOf(`${term} ${task.id}`),
      title: task.title,
      topic: 'Federated recommendation',
      type: 'v3',
      gradingMethod: 'External',
      externalGradingOptions: {
        enabled: true,
        image: 'node:20-slim',
        entrypoint: `/grade/serverFilesCourse/fedtlrec/run.sh ${task.id}`,
        serverFilesCourse: ['fedtlrec/'],
        timeout: 60,
        enableNetworking: false,
      },
    };
    files.set(`${home}/info.json`, `${JSON.stringify(info, null, 2)}\n`);
    files.set(
      `${home}/question.html`,
      `<pl-question-panel>\n<markdown>\n${lesson}\n</markdown>\n<pl-file-editor file-name="${task.id}.ts" source-file-name="${task.id}.ts"></pl-file-editor>\n</pl-question-panel>\n<pl-submission-panel>\n<pl-external-grader-results></pl-external-grader-results>\n<pl-file-preview></pl-file-preview>\n</pl-submission-panel>\n`,
    );
    files.set(`${home}/${task.id}.ts`, student.get(`${task.id}.ts`)!);
  }
  return files;
}

/** Beside the questions, where PrairieLearn mounts it for the grader alone. */
export function prairielearnGrader(grader: ReadonlyMap<string, string>): Files {
  const run = `#!/bin/sh
# PrairieLearn starts this with the task's name.
exec node /grade/serverFilesCourse/fedtlrec/grader.mjs /grade/student --task "$1" --format prairielearn --results /grade/results/results.json
`;
  return new Map(
    [...grader, ['run.sh', run]].map(([name, text]) => [`serverFilesCourse/fedtlrec/${name}`, text!]),
  );
}

/** A name-based identifier, the same at each make. */
function uuidOf(text: string): string {
  let state = 0x811c9dc5;
  const digits = Array.from({ length: 32 }, (_, at) => {
    for (const character of `${at}${text}`) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
    return ((state >>> 13) & 15).toString(16);
  });
  digits[12] = '4';
  digits[16] = '8';
  return [8, 4, 4, 4, 12].map((size) => digits.splice(0, size).join('')).join('-');
}
