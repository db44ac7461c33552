// What is shown on stderr while a queue works: a line for each run that comes in, with the time that is left; in a terminal also a table
// that fills.
import { CRITERION, criterionLabel } from '../evaluation/metrics.ts';
import type { Settings } from '../federated/settings.ts';
import { secondsText, share } from './figures.ts';
import type { MeasuredRun } from './measured-run.ts';
import { textTable } from './table.ts';
import { timeLeft } from './time-left.ts';

/** Shown where nothing is known yet. */
const NOT_YET = '·';

export class QueueProgress {
  private readonly rows: readonly { readonly name: string; readonly cells: string[] }[];
  private readonly seeds: readonly number[];
  private readonly start = performance.now();
  private readonly isTerminal = process.stderr.isTTY === true;
  private drawn = 0; // lines of the table on the screen
  private known = 0;
  private done = 0;

  constructor(plan: readonly { choice: { recipe: { name: string } }; settings: readonly Settings[] }[]) {
    this.seeds = plan[0]!.settings.map(({ seed }) => seed);
    this.rows = plan.map(({ choice, settings }) => ({
      name: choice.recipe.name,
      cells: settings.map(() => NOT_YET),
    }));
    this.draw();
  }

  /** Shows a run that came in. */
  add({ summary }: MeasuredRun, { worker, isKnown }: { worker: string; isKnown: boolean }): void {
    if (isKnown) this.known++;
    else this.done++;
    const figure = share(summary.test[CRITERION]);
    this.rows.find(({ name }) => name === summary.recipe)!.cells[this.seeds.indexOf(summary.seed)] = figure;
    const where = isKnown ? 'known already' : `${secondsText(summary.secondsTotal)} on ${worker}`;
    this.say(
      `${this.known + this.done} of ${this.all}  ${summary.recipe}, seed ${summary.seed}: ${criterionLabel} ${figure}, ${where}${timeLeft(this.start, this.done, this.all - this.known - this.done)}`,
    );
  }

  /** Says something above the table. */
  say(text: string): void {
    this.erase();
    console.error(`fedtlrec: ${text}`);
    this.draw();
  }

  stop(): void {
    this.erase();
  }

  private get all(): number {
    return this.rows.length * this.seeds.length;
  }

  private draw(): void {
    if (!this.isTerminal) return;
    const titles = [criterionLabel, ...this.seeds.map((seed) => `seed ${seed}`)];
    const cells = this.rows.map((row) => [row.name, ...row.cells]);
    const lines = textTable(titles, cells, process.stderr.columns || Infinity);
    process.stderr.write(`${lines.join('\n')}\n`);
    this.drawn = lines.length;
  }

  private erase(): void {
    if (this.drawn > 0) process.stderr.write(`\u001b[${this.drawn}A\u001b[J`);
    this.drawn = 0;
  }
}
