// The released program with the paper's two ideas at work: the encoder's sequence is the clients, so that attention
// runs between them and absent ones are masked, and both LoRA factors are shared. Everything else as released.
// Wang & Zhao, doi 10.62762/TMI.2025.882476.
import type { Recipe } from '../federated/recipe.ts';
import { releasedProgram } from './fedtlrec-released.ts';
import { describedServer } from './released/adapter-server.ts';

export const fedtlrecAsDescribed: Recipe = {
  ...releasedProgram({ sharesB: true, server: describedServer }),
  name: 'fedtlrec-as-described',
  summary: 'the released program with attention between clients, and both LoRA factors shared',
  reference: 'Wang & Zhao, doi 10.62762/TMI.2025.882476',
};
