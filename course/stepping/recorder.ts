// Writes down what an instrumented program does: a step for each line that is about to run and for each result, with the
// variables in sight. It stops the program after so many steps, so that an endless loop ends, too.
// In: calls that instrument.ts has put into the program; out: a recording, plain data.
import type { FileSites } from './instrument.ts';
import { type Picture, pictureOf, textOf } from './picture.ts';

export interface Step {
  /** `line`: about to run; `return` and `yield`: a value is handed out; `throw`: an error leaves the function. */
  readonly kind: 'line' | 'return' | 'yield' | 'throw';
  readonly file: number;
  readonly site: number;
  readonly line: number;
  /** The calls that are under way, the outermost first: numbers of frames. */
  readonly stack: readonly number[];
  /** For each name of the site the number of a picture; −1 where it has no value yet. */
  readonly values: readonly number[];
  /** The number of the picture of what is handed out or thrown. */
  readonly result?: number;
}

/** One call of a function. */
export interface Frame {
  readonly file: number;
  /** Its place in the file's list of functions. */
  readonly function: number;
}

export interface Recording {
  readonly files: readonly FileSites[];
  readonly frames: readonly Frame[];
  readonly steps: readonly Step[];
  /** Each picture once. */
  readonly pictures: readonly Picture[];
  /** Whether the program was stopped because it took too many steps. */
  readonly isCut: boolean;
}

/** Default: the most steps of a recording. */
export const MOST_STEPS = 20_000;
/** The most characters of all pictures: a recording is held in memory, and goes from thread to thread. */
const MOST_CHARACTERS = 20_000_000;

/** Gives the value of a variable of a site by its number there. */
type Reader = (name: number) => unknown;

export class Recorder {
  readonly #most: number;
  readonly #onFull: (recording: Recording) => void;
  readonly #files: FileSites[] = [];
  #steps: Step[] = [];
  #frames: Frame[] = [];
  /** The number of the last step of each frame. */
  #last: number[] = [];
  #stack: readonly number[] = [];
  #pictures: Picture[] = [];
  #numbers = new Map<string, number>();
  #characters = 0;
  #isOn = false;
  #isFull = false;

  /** @param onFull told at once when the most steps are reached, for a program that does not let itself be stopped */
  constructor(most = MOST_STEPS, onFull: (recording: Recording) => void = () => {}) {
    this.#most = most;
    this.#onFull = onFull;
  }

  /** Begins a recording. What runs before is not written down. */
  begin(): void {
    this.#steps = [];
    this.#frames = [];
    this.#last = [];
    this.#stack = [];
    this.#pictures = [];
    this.#numbers = new Map();
    this.#characters = 0;
    this.#isOn = true;
    this.#isFull = false;
  }

  end(): Recording {
    this.#isOn = false;
    return this.#recording();
  }

  #recording(): Recording {
    return {
      files: this.#files,
      frames: this.#frames,
      steps: this.#steps,
      pictures: this.#pictures,
      isCut: this.#isFull,
    };
  }

  /** A file of the program introduces itself, and gets what its sites call. */
  open(sites: FileSites): FileRecorder {
    this.#files.push(sites);
    return new FileRecorder(this, this.#files.length - 1);
  }

  enter(file: number, called: number): number {
    if (!this.#isOn) return -1;
    this.#frames.push({ file, function: called });
    const frame = this.#frames.length - 1;
    this.#stack = [...this.#stack, frame];
    return frame;
  }

  /** A frame is over, or rests: so are those that it called and that did not say so. */
  leave(frame: number): void {
    const at = this.#stack.indexOf(frame);
    if (at >= 0) this.#stack = this.#stack.slice(0, at);
  }

  /** Makes a frame the running one: those above it are over; if it rested, it is called again from here. */
  resume(frame: number): void {
    if (frame < 0 || this.#stack.at(-1) === frame) return;
    const at = this.#stack.indexOf(frame);
    this.#stack = at >= 0 ? this.#stack.slice(0, at + 1) : [...this.#stack, frame];
  }

  record(
    kind: Step['kind'],
    file: number,
    frame: number,
    site: number,
    read: Reader | undefined,
    result?: unknown,
  ): void {
    if (!this.#isOn || frame < 0) return;
    this.resume(frame);
    if (this.#steps.length >= this.#most || this.#characters > MOST_CHARACTERS) this.#stop();
    this.#isOn = false; // a getter of the program's own objects is no step
    try {
      const { line, names } = this.#files[file]!.sites[site]!;
      const values = names.map((_, name) => this.#valueOf(() => read!(name)));
      const step: Step = { kind, file, site, line, stack: this.#stack, values };
      this.#last[frame] = this.#steps.length;
      this.#steps.push(kind === 'line' ? step : { ...step, result: this.#valueOf(() => result, true) });
    } finally {
      this.#isOn = true;
    }
  }

  /** An error leaves a function, at the line where it last was. */
  threw(file: number, frame: number, error: unknown): void {
    const last = this.#steps[this.#last[frame] ?? -1];
    if (!this.#isOn || this.#isFull || !last) return;
    this.resume(frame);
    const result = this.#numberOf({ is: 'word', text: textOf(error) });
    this.#steps.push({ ...last, kind: 'throw', file, stack: this.#stack, result });
  }

  #stop(): never {
    if (!this.#isFull) {
      this.#isFull = true;
      this.#onFull(this.#recording());
    }
    throw new RangeError(`stopped after ${this.#most} steps`);
  }

  /** −1 for functions, and for a variable that has no value yet and must not be read. */
  #valueOf(getter: () => unknown, isResult = false): number {
    try {
      const value = getter();
      return typeof value === 'function' && !isResult ? -1 : this.#numberOf(pictureOf(value));
    } catch {
      return -1;
    }
  }

  #numberOf(picture: Picture): number {
    const text = picture.is === 'word' ? picture.text : JSON.stringify(picture);
    const key = `${picture.is === 'word' ? 'w' : ''}${text}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#characters += text.length;
    this.#numbers.set(key, this.#pictures.length);
    return this.#pictures.push(picture) - 1;
  }
}

/** What the sites of one file call. */
class FileRecorder {
  readonly #recorder: Recorder;
  readonly #file: number;

  constructor(recorder: Recorder, file: number) {
    this.#recorder = recorder;
    this.#file = file;
  }

  enter(called: number): number {
    return this.#recorder.enter(this.#file, called);
  }

  leave(frame: number): void {
    this.#recorder.leave(frame);
  }

  at(frame: number, site: number, read?: Reader): void {
    this.#recorder.record('line', this.#file, frame, site, read);
  }

  returns<T>(frame: number, site: number, value: T, read?: Reader): T {
    this.#recorder.record('return', this.#file, frame, site, read, value);
    return value;
  }

  /** A generator hands out a value and rests. */
  gives<T>(frame: number, site: number, value: T, read?: Reader): T {
    this.#recorder.record('yield', this.#file, frame, site, read, value);
    this.#recorder.leave(frame);
    return value;
  }

  back<T>(frame: number, value: T): T {
    this.#recorder.resume(frame);
    return value;
  }

  threw(frame: number, error: unknown): unknown {
    this.#recorder.threw(this.#file, frame, error);
    return error;
  }
}
