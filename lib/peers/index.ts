// The recipes of other papers and the central references, for whoever imports them instead of naming them; in the order
// in which they are worth reading. `recipeNamed` loads one of them alone.

export { bprMf } from './bpr-mf.ts';
export { colr, colrAllRows } from './colr.ts';
export { colrSecureSum } from './colr-secure-sum.ts';
export { ease } from './ease.ts';
// Federated peers.
export { fedmf, fedmfFedavg } from './fedmf.ts';
export { fedncf } from './fedncf.ts';
export { fedrecon } from './fedrecon.ts';
export { fedtlrecAsDescribed } from './fedtlrec-as-described.ts';
// The authors' released program, and what the paper describes in its place.
export { fedtlrecReleased } from './fedtlrec-released.ts';
export { type GpfedrecOptions, gpfedrec, gpfedrecWith } from './gpfedrec.ts';
export { type ItemKnnOptions, itemKnn, itemKnnWith } from './item-knn.ts';
// References that are not federated.
export { localOnly } from './local-only.ts';
export { neumf } from './neumf.ts';
export { type PfedrecOptions, pfedrec, pfedrecWith } from './pfedrec.ts';
export { popularity } from './popularity.ts';
