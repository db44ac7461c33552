// A training run of the built package in a process of its own: builds dist/ again, then runs train-once.mjs.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../lib/federated/settings.ts';
import { inChild, type Usage } from './child.ts';

export interface TrainRequest {
  readonly recipe: string;
  /** Of the ratings. */
  readonly path: string;
  readonly settings: Partial<Settings>;
  readonly workers: number;
}

export interface TrainAnswer extends Usage {
  readonly digest: string;
  readonly ndcg10: number;
  /** Seconds in the clients and the server's step, in refreshes, and in evaluations. */
  readonly training: number;
  readonly refreshing: number;
  readonly evaluating: number;
}

export function buildPackage(): void {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  execFileSync('npm', ['run', '-s', 'build'], { cwd, stdio: 'ignore' });
}

export function trainOnce(request: TrainRequest): Promise<TrainAnswer> {
  return inChild<TrainAnswer>('train-once.mjs', request);
}
