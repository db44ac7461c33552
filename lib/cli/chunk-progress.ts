// What is shown while the workers of a queue train a federation: in a terminal how much of a round has come in, beside the bar; elsewhere
// a line for each round, with the time that is left. And what goes wrong meanwhile.
import type { ChunkArrival } from '../queue/chunk-rounds.ts';
import type { QueueExecutorOptions } from '../queue/queue-executor.ts';
import { counted } from './figures.ts';
import type { Progress } from './progress.ts';
import { timeLeft } from './time-left.ts';

/** Hears what a queue's executor tells. */
export function showChunks(
  progress: Progress,
  rounds: number,
): Pick<QueueExecutorOptions, 'onChunk' | 'onTrouble' | 'onChange'> {
  const start = performance.now();
  const workers = new Set<string>(); // of this round
  let finished = 0;
  const onChunk = ({ round, done, chunks, worker }: ChunkArrival) => {
    workers.add(worker);
    progress.note(`${done} of ${counted(chunks, 'chunk')}`);
    if (done < chunks) return;
    finished++;
    const by = `${counted(chunks, 'chunk')} by ${counted(workers.size, 'worker')}`;
    workers.clear();
    if (!progress.isBar)
      progress.say(`round ${round} of ${rounds}: ${by}${timeLeft(start, finished, rounds - round)}`);
  };
  return {
    onChunk,
    onTrouble: progress.say,
    onChange: (isThere) =>
      progress.say(isThere ? 'the server is back' : 'the line to the server broke; trying again'),
  };
}
