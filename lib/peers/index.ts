// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Peers: the recipes of other papers and the central references, for whoever imports them instead of naming them.
// `recipeNamed` loads one of them alone.

export { fedmf, fedmfFedavg } from './fedmf.ts';
export { colr, colrAllRows } from './colr.ts';
export { colrSecureSum } from './colr-secure-sum.ts';
export { fedncf } from './fedncf.ts';
export { fedrecon } from './fedrecon.ts';
export { type PfedrecOptions, pfedrec, pfedrecWith } from './pfedrec.ts';
export { type GpfedrecOptions, gpfedrec, gpfedrecWith } from './gpfedrec.ts';

// The authors' released program, and what the paper describes in its place.
export { fedtlrecReleased } from './fedtlrec-released.ts';
export { fedtlrecAsDescribed } from './fedtlrec-as-described.ts';

// References that are not federated.
export { localOnly } from './local-only.ts';
export { popularity } from './popularity.ts';
export { type ItemKnnOptions, itemKnn, itemKnnWith } from './item-knn.ts';
export { ease } from './ease.ts';
export { markov } from './markov.ts';
export { easeRecency } from './ease-recency.ts';
export { sasrec } from './sasrec.ts';
export { bprMf } from './bpr-mf.ts';
export { neumf } from './neumf.ts';
