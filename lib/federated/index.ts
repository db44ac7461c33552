// biome-ignore-all assist/source/organizeImports: the order is the reading order
// The federation: settings, what clients do, what travels, what the server does with it, and the parts of recipes.
export * from './settings.ts';
export * from './loops.ts';
export * from './logistic-loss.ts';
export * from './local-model.ts';
export * from './client.ts';
export * from './recency.ts';
export { type ClientParts, isPresent } from './client-side.ts';
export * from './wire.ts';
export * from './own-stream.ts';
export * from './defence.ts';
export * from './optional-parts.ts';
export * from './update-sum.ts';
export {
  type Downlink,
  decodeStep,
  fedAdam,
  lowRankDownlink,
  rememberedAdam,
  type ServerOptimizer,
  sendToAll,
} from './server.ts';
export { denseDownlink, itemMean } from './dense-server.ts';
export * from './tokens.ts';
export * from './aggregator.ts';
export * from './client-index.ts';
export * from './client-attention.ts';
export * from './attention-aggregator.ts';
export * from './attention-device.ts';
export * from './memory.ts';
export * from './recipe.ts';
export * from './central-program.ts';
export type { ServerParts } from './server-side.ts';
export type { ReceivedChunk } from './sides.ts';
export * from './federation.ts';
export { attentionBetweenClients, fedtlrec, lowRankFactorization } from './recipes/fedtlrec.ts';
export * from './events.ts';
