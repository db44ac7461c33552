// What happens in a round, as a stream of immutable facts. Training, the progress bar, a trace recorder and a
// debugger all read the same stream; none of them has a hook inside the loop.

import type { Sample } from '../data/negatives.ts';
import type { EvaluationSummary } from '../evaluation/protocol.ts';
import type { Order } from './windows/what-comes-next.ts';
import type { Update } from './wire.ts';

export type RoundEvent =
  | { readonly type: 'round-started'; readonly round: number }
  /** Only for watched clients: what happened at home. */
  | {
      readonly type: 'client-trained';
      readonly round: number;
      readonly client: number;
      readonly sample: Sample;
      readonly loss: number;
    }
  /** Only for watched clients: what left home. */
  | {
      readonly type: 'update-sent';
      readonly round: number;
      readonly client: number;
      /** As it is encoded (before masks and the codec's rounding): factors, or whole rows where these are sent. */
      readonly update: Update;
      readonly bytes: number;
    }
  | {
      readonly type: 'message-rejected';
      readonly round: number;
      readonly client: number;
      readonly reason: string;
    }
  | {
      readonly type: 'updates-merged';
      readonly round: number;
      /** Clients whose message was merged, and clients that trained. */
      readonly clients: number;
      readonly trained: number;
      readonly rejected: number;
      /** Bytes of all messages of this round together. */
      readonly bytesUp: number;
      /** Memory that the server kept the updates in, in bytes, where its strategy needs them side by side. */
      readonly bytesKept?: number;
      /** Mean loss of the clients' samples. */
      readonly loss: number;
    }
  | {
      readonly type: 'broadcast-sent';
      readonly round: number;
      /** Bytes that each client receives. */
      readonly bytesDown: number;
      /** Size of what the low-rank factors left out, relative to the whole step; 0 if nothing. */
      readonly cutOff: number;
      /** What they receive; absent where a program does not tell. */
      readonly message?: Uint8Array;
    }
  | {
      readonly type: 'clients-clustered';
      readonly round: number;
      readonly clusters: number;
      /** Cluster of each client, [clients]; -1 where the server has not heard of it. */
      readonly labels: Int32Array;
      readonly iterations: number;
      readonly inertia: number;
    }
  | {
      readonly type: 'attention-computed';
      readonly round: number;
      /** Clients that can be attended to. */
      readonly peers: number;
      readonly probes: number;
      /** Bytes of one client's personal part. */
      readonly bytesDown: number;
    }
  /** Only for watched clients: the sets of items that left home, once in a run. */
  | {
      readonly type: 'windows-sent';
      readonly round: number;
      readonly client: number;
      readonly windows: readonly Uint32Array[];
      readonly bytes: number;
    }
  | {
      readonly type: 'windows-counted';
      readonly round: number;
      /** Rows of the nearness table that were sent. */
      readonly rows: number;
      /** Bytes that each client receives: the whole table once, later what has changed. */
      readonly bytesDown: number;
    }
  | {
      readonly type: 'evaluated';
      readonly round: number;
      readonly validation: EvaluationSummary;
      readonly mix: number;
      /** How much the nearness table counted; null where there is none, or scores are better without it. */
      readonly order: Order | null;
    };
