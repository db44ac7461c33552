// The authors' released program: a score network with a LoRA adapter on a frozen random item table. A travels, B stays
// at home; the server's encoder sees one client at a time. Kept as released to be measured; docs/reproduction.md.
// Wang & Zhao, doi 10.62762/TMI.2025.882476, and the program at github.com/trueWangSyutung/FedTLRec.
import type { Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import { AdapterFederation, type AdapterFederationParts } from './released/adapter-federation.ts';
import { releasedServer } from './released/adapter-server.ts';

/** The released program's own defaults. Absence (`dropout`, there .1) and noise (there .1) are left to the caller. */
export const releasedDefaults: Partial<Settings> = {
  rounds: 50,
  factors: 16,
  rank: 16,
  negatives: 8,
  clientLearningRate: 0.001,
  serverLearningRate: 0.001,
  refreshEvery: 10,
  recency: null,
  codec: 'float32',
};

/**
 * The released program, or a variant of it: another server, B shared too, Laplace noise on A.
 * The released program adds noise of scale .1, without clipping, so it bounds no ε.
 */
export function releasedProgram(variant: Partial<AdapterFederationParts> = {}): Recipe {
  const parts = { sharesB: false, laplaceScale: 0, server: releasedServer, ...variant };
  return {
    name: 'fedtlrec-released',
    summary: "the authors' released program: A of LoRA travels, an encoder over sequences of length one",
    reference: 'Wang & Zhao, doi 10.62762/TMI.2025.882476, released program',
    defaults: releasedDefaults,
    create: (setup) => new AdapterFederation(setup, parts),
  };
}

export const fedtlrecReleased: Recipe = releasedProgram();
