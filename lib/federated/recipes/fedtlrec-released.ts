// The authors' released program: a score network with a LoRA adapter on a frozen random item table. A travels, B stays
// at home; the server's encoder sees one client at a time. Kept as released to be measured; docs/reproduction.md.
// Wang & Zhao, doi 10.62762/TMI.2025.882476, and the program at github.com/trueWangSyutung/FedTLRec.
import type { Recipe } from '../recipe.ts';
import { AdapterFederation } from '../released/adapter-federation.ts';
import { releasedServer } from '../released/adapter-server.ts';
import type { Settings } from '../settings.ts';

/** The released program's own defaults. Absence (10 %) and noise (.1) are left to the caller. */
export const releasedDefaults: Partial<Settings> = {
  rounds: 50,
  factors: 16,
  rank: 16,
  negatives: 8,
  clientLearningRate: 0.001,
  serverLearningRate: 0.001,
  refreshEvery: 10,
  recency: null,
};

/**
 * The released program.
 *
 * @param options.laplaceScale b of the noise that clients add to A; the released default is .1, without clipping, so
 *   it bounds no ε; 0 unless told
 */
export function releasedProgram(options: { laplaceScale?: number } = {}): Recipe {
  const { laplaceScale = 0 } = options;
  return {
    name: 'fedtlrec-released',
    summary: "the authors' released program: A of LoRA travels, an encoder over sequences of length one",
    reference: 'Wang & Zhao, doi 10.62762/TMI.2025.882476, released program',
    defaults: releasedDefaults,
    create: (setup) => new AdapterFederation(setup, { sharesB: false, laplaceScale, server: releasedServer }),
  };
}

export const fedtlrecReleased: Recipe = releasedProgram();
