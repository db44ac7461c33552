// The first page that a student reads.
import type { TaskFolder } from '../kit/load.ts';
import { numberOf } from '../kit/stub.ts';

export function readme(folders: readonly TaskFolder[], term: string): string {
  const rows = folders.map(
    ({ task, visible, hidden }) =>
      `| ${numberOf(task)} | ${task.title} | ${task.points} | ${visible.length} + ${hidden.length} | [lesson](lessons/${task.id}.md) |`,
  );
  return `# Federated recommendation, term ${term}

You need Node 20 or later, and nothing else: no install. In this folder:

    node course.mjs             the next open task; it checks again when you save the file, or press Enter
    node course.mjs check 4     the visible checks of task 4
    node course.mjs why 4       the failing case, with numbers to redo by hand
    node course.mjs hint 4      a hint, then \`hint 4 2\` and \`hint 4 3\`
    node course.mjs plug 4      a real training with your code in it
    node course.mjs submit      one file to hand in

Each task is one file here, \`${folders[0]!.task.id}.ts\` and so on. Write the bodies; keep names and parameters. You may write
JavaScript: rename the file to \`.js\` and take the types out. Import from the given module only. What you print is shown
when a check fails (\`why\`). Lines that begin with "This term:" say what differs from the published lessons.

| Task | You write | Points | Checks: visible + hidden | |
|---|---|---|---|---|
${rows.join('\n')}

"Visible checks passed" is not the grade: hidden checks try other cases of the same statements, and count as much. A check has
two seconds. If one is stopped, the others still count.
`;
}
