// A recording as one goes through it: what can be seen at a step and what has changed since the last one of the same call,
// where the next step of a kind is, and a sentence for each. In: a recording and a step's number; out: plain data.
import type { Grid, Picture } from './picture.ts';
import type { Recording, Step } from './recorder.ts';

/** A variable at a step. */
export interface Variable {
  readonly name: string;
  /** Whether it belongs to the running function, not to one around it or to the file. */
  readonly isOwn: boolean;
  readonly now: Picture;
  /** At the step of the same call before this one; null if it had no value there. */
  readonly before: Picture | null;
  readonly hasChanged: boolean;
}

export class History {
  readonly recording: Recording;
  /** For each step the one of the same call before it, −1 if it is the first. */
  readonly #previous: number[];

  constructor(recording: Recording) {
    this.recording = recording;
    const last = new Map<number, number>();
    this.#previous = recording.steps.map(({ stack }, at) => {
      const frame = stack.at(-1)!;
      const previous = last.get(frame) ?? -1;
      last.set(frame, at);
      return previous;
    });
  }

  get length(): number {
    return this.recording.steps.length;
  }

  step(at: number): Step {
    return this.recording.steps[at]!;
  }

  file(at: number): string {
    return this.recording.files[this.step(at).file]!.file;
  }

  /** The functions that are under way, the outermost first. */
  calls(at: number): string[] {
    return this.step(at).stack.map((frame) => {
      const { file, function: called } = this.recording.frames[frame]!;
      return this.recording.files[file]!.functions[called]!;
    });
  }

  variables(at: number): Variable[] {
    const { values, file, site } = this.step(at);
    const { names, own } = this.recording.files[file]!.sites[site]!;
    const before = this.#valuesBefore(at);
    return names.flatMap((name, place) => {
      const value = values[place]!;
      if (value < 0) return [];
      const earlier = before?.get(name);
      return {
        name,
        isOwn: place < own,
        now: this.recording.pictures[value]!,
        before: earlier === undefined ? null : this.recording.pictures[earlier]!,
        hasChanged: before !== null && earlier !== value,
      };
    });
  }

  #valuesBefore(at: number): Map<string, number> | null {
    const previous = this.#previous[at]!;
    if (previous < 0) return null;
    const { values, file, site } = this.step(previous);
    const { names } = this.recording.files[file]!.sites[site]!;
    return new Map(names.flatMap((name, place) => (values[place]! < 0 ? [] : [[name, values[place]!]])));
  }

  result(at: number): Picture | null {
    const { result } = this.step(at);
    return result === undefined ? null : this.recording.pictures[result]!;
  }

  /** The next step that is not inside a call made here; the last step if there is none. */
  over(at: number): number {
    return this.#next(at, ({ stack }) => stack.length <= this.step(at).stack.length);
  }

  /** The step before that is not inside a call made from here; the first if there is none. */
  back(at: number): number {
    const { steps } = this.recording;
    const depth = steps[at]!.stack.length;
    for (let before = at - 1; before >= 0; before--) if (steps[before]!.stack.length <= depth) return before;
    return 0;
  }

  /** The next step of whoever called this function; the last step if there is none. */
  out(at: number): number {
    return this.#next(at, ({ stack }) => stack.length < this.step(at).stack.length);
  }

  /** The next step at which a line is about to run, from the beginning if there is none after this one; −1 if it never is. */
  runTo(at: number, file: string, line: number): number {
    const isThere = (step: Step) =>
      step.kind === 'line' && step.line === line && this.recording.files[step.file]!.file === file;
    const after = this.recording.steps.findIndex((step, place) => place > at && isThere(step));
    return after >= 0 ? after : this.recording.steps.findIndex(isThere);
  }

  /** The lines of a file that are run, in their order. */
  linesOf(file: string): number[] {
    const lines = this.recording.steps.flatMap(({ kind, line, file: number }) =>
      kind === 'line' && this.recording.files[number]!.file === file ? [line] : [],
    );
    return [...new Set(lines)].sort((a, b) => a - b);
  }

  #next(at: number, isWanted: (step: Step) => boolean): number {
    const found = this.recording.steps.findIndex((step, place) => place > at && isWanted(step));
    return found >= 0 ? found : this.length - 1;
  }

  /** What is to be seen at a step, in a sentence or two. */
  sentence(at: number): string {
    const { kind, line } = this.step(at);
    const name = this.calls(at).at(-1)!;
    const result = this.result(at);
    const shown = result ? brief(result) : 'nothing';
    const happening = {
      line: `Line ${line} of ${name} is about to run.`,
      return: `${name} returns ${shown}.`,
      yield: `${name} hands out ${shown}.`,
      throw: `${name} throws ${shown}.`,
    }[kind];
    const changes = this.variables(at).filter(({ hasChanged }) => hasChanged);
    return [happening, ...changes.slice(0, 3).map(changeSentence)].join(' ');
  }
}

function changeSentence({ name, now, before }: Variable): string {
  if (before?.is === 'grid' && now.is === 'grid') {
    const cells = changedCells(now, before);
    if (cells.length === 1) {
      const [row, column] = cells[0]!;
      const place = now.shape.length === 1 ? column : `${row}, ${column}`;
      return `${name}[${place}] was ${before.rows[row]![column]}, is ${rounded(now.rows[row]![column]!)}.`;
    }
    if (cells.length > 1) return `${cells.length} cells of ${name} have changed.`;
  }
  return before === null || now.is !== 'word'
    ? `${name} is ${brief(now)}.`
    : `${name} was ${brief(before)}, is ${brief(now)}.`;
}

/** Row and column of each cell that differs; all of them if the shape does. */
export function changedCells(now: Grid, before: Picture | null): [row: number, column: number][] {
  const earlier = before?.is === 'grid' && String(before.shape) === String(now.shape) ? before : null;
  return now.rows.flatMap((cells, row) =>
    cells.flatMap((cell, column): [number, number][] =>
      earlier?.rows[row]?.[column] === cell ? [] : [[row, column]],
    ),
  );
}

/** A picture in a few words. */
export function brief(picture: Picture): string {
  if (picture.is === 'word') return rounded(picture.text);
  if (picture.is === 'fields') return `${an(picture.type)} of ${picture.fields.length + picture.more}`;
  const cells = picture.rows.flat();
  const isShort = picture.shape.length === 1 && picture.shape[0]! <= 4;
  if (isShort) return `[${cells.map(rounded).join(', ')}]`;
  return `${an(picture.type)} of ${picture.shape.join(' × ')}`;
}

/** A number's text with five significant digits; every other text as it is. */
export function rounded(text: string): string {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || Number.isInteger(value)) return text;
  return String(Number(value.toPrecision(5)));
}

function an(type: string): string {
  return `${/^[aeio]/i.test(type) ? 'an' : 'a'} ${type}`;
}
