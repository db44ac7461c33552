// What judging on this machine needs: the bundled child program, sockets, and the reference as a trusted realm. Everything
// is made once and kept.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Children } from './child-executor.ts';
import type { Executor } from './judge.ts';
import { Realm } from './realm.ts';
import { checkSocket, type Socket } from './socket.ts';
import { root } from './source.ts';
import { studentFile } from './stub.ts';
import type { Dials, Task } from './task.ts';

/** The child's program, one file without imports but Node's. */
export async function childProgram(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}course/kit/child.ts`],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

export class Workplace {
  readonly children: Children;
  readonly #sockets = new Map<string, Promise<Socket>>();

  readonly #folder: string;

  private constructor(folder: string, program: string) {
    this.#folder = folder;
    this.children = new Children(program);
  }

  static async open(): Promise<Workplace> {
    const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-course-'));
    const program = join(folder, 'child.mjs');
    writeFileSync(program, await childProgram());
    return new Workplace(folder, program);
  }

  socket(task: Task): Promise<Socket> {
    const known = this.#sockets.get(task.id) ?? checkSocket(task);
    this.#sockets.set(task.id, known);
    return known;
  }

  /** The reference of a task with a term's dials, run in a realm of this process: it is trusted. */
  async reference(task: Task, dials: Dials): Promise<Realm> {
    const realm = new Realm((await this.socket(task)).code);
    const text = studentFile(task, { bodies: 'kept', dials });
    const loaded = realm.load(text, `${task.id}.ts`);
    const problem = 'problem' in loaded ? loaded.problem : loaded.thrown;
    if (problem) throw new Error(`${task.id}: the reference does not load: ${problem}`);
    return realm;
  }

  async executor(task: Task, text: string): Promise<Executor> {
    return this.children.executor((await this.socket(task)).code, text, `${task.id}.ts`);
  }

  close(): void {
    this.children.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
