// `prove`: a table of tasks, with the wrong solutions that their checks catch, and every problem in a line.
import { loadTasks } from '../kit/load.ts';
import { type Proof, prove } from '../kit/prove.ts';
import { Workplace } from '../kit/workplace.ts';
import { rehearse } from '../make/rehearse.ts';

/** Problems printed of each task. */
const MOST_PROBLEMS = 12;

export async function proveTasks(chosen: readonly string[]): Promise<void> {
  const folders = await loadTasks(chosen);
  const workplace = await Workplace.open();
  const proofs: Proof[] = [];
  let rehearsal: string[] = [];
  try {
    for (const folder of folders) {
      const proof = await prove(folder, workplace);
      proofs.push(proof);
      console.error(`${proof.task}: ${proof.problems.length} problems, ${proof.seconds.toFixed(0)} s`);
      for (const problem of proof.problems.slice(0, MOST_PROBLEMS)) console.log(`${proof.task}: ${problem}`);
      const more = proof.problems.length - MOST_PROBLEMS;
      if (more > 0) console.log(`${proof.task}: and ${more} more problems`);
    }
    if (chosen.length === 0) rehearsal = await rehearse(folders, workplace);
  } finally {
    workplace.close();
  }
  printTable(proofs);
  if (chosen.length === 0) {
    console.log(`a term from its making to its grades: ${rehearsal.length} problems`);
    for (const problem of rehearsal) console.log(problem);
  }
  if (rehearsal.length > 0) process.exitCode = 1;
  if (proofs.length === 0 || proofs.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

function printTable(proofs: readonly Proof[]): void {
  const header = [
    'task',
    'visible',
    'hidden',
    'wrong caught',
    'right',
    'dial settings',
    'seeds',
    'seconds',
    'problems',
  ];
  const rows = proofs.map((proof) => [
    proof.task,
    String(proof.visible),
    String(proof.hidden),
    `${proof.caught} of ${proof.wrong}`,
    String(proof.right),
    String(proof.dials),
    String(proof.seeds),
    proof.seconds.toFixed(1),
    String(proof.problems.length),
  ]);
  const widths = header.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length)));
  for (const row of [header, ...rows])
    console.log(row.map((cell, at) => cell.padEnd(widths[at]!)).join('  '));
}
