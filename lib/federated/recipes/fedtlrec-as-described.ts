// The released program with the paper's two ideas at work: the encoder's sequence is the clients, so that attention
// runs between them and absent ones are masked, and both LoRA factors are shared. Everything else as released.
// Wang & Zhao, doi 10.62762/TMI.2025.882476.
import type { Recipe } from '../recipe.ts';
import { AdapterFederation } from '../released/adapter-federation.ts';
import { describedServer } from '../released/adapter-server.ts';
import { releasedDefaults } from './fedtlrec-released.ts';

export const fedtlrecAsDescribed: Recipe = {
  name: 'fedtlrec-as-described',
  summary: 'the released program with attention between clients, and both LoRA factors shared',
  reference: 'Wang & Zhao, doi 10.62762/TMI.2025.882476',
  defaults: releasedDefaults,
  create: (setup) =>
    new AdapterFederation(setup, { sharesB: true, laplaceScale: 0, server: describedServer }),
};
