// A program without rounds, for recipes that learn centrally, or not at all. In: scores; out: a program that sends nothing.
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { consecutiveBlocks } from './client-index.ts';
import type { Program } from './recipe.ts';

/** A program for recipes that learn centrally, or not at all: they provide scores only. */
export function centralProgram(
  clients: number,
  parts: Pick<Program, 'initialize'> & { score(client: number, scores: Float32Array): void },
): Program {
  expectKind('centralProgram', 'clients', clients, 'number', '943');
  expectParts('centralProgram', 'parts', parts, '{ initialize, score }', {
    initialize: 'function',
    score: 'function',
  });
  return {
    hasRounds: false,
    canRefit: false,
    hasPersonalParts: false,
    initialize: parts.initialize,
    trainChunk: () => ({ sum: null, trained: 0, loss: 0, bytesUp: 0, events: [] }),
    finishRound: () => [],
    refresh: () => [],
    blocks: (size) => consecutiveBlocks(clients, size),
    score: (client, _recency, scores) => parts.score(client, scores),
    personalParts: (_block, out) => {
      out.fill(0);
    },
  };
}
