// What the server did with all it had heard: clusters first, then attention, where the recipe has them.
// In: the events of a refresh, and the run's memory right after it; out: what a trace keeps of them.
import type { RoundEvent } from '../federated/events.ts';
import type { KmeansStep } from '../model/kmeans.ts';
import type { OpenRun } from '../training/open-run.ts';
import type { FollowedClients } from './followed-clients.ts';
import { type Plane, project } from './plane.ts';
import { ServerView } from './server-view.ts';
import type { TracedLloydStep, TracedRefresh } from './trace.ts';

type EventOf<Type extends RoundEvent['type']> = Extract<RoundEvent, { type: Type }>;

/** Clusters of the followed clients, and how K-means came to them. `plane`: where centroids are drawn, if it is known. */
export function traceClusters(
  run: OpenRun,
  followed: FollowedClients,
  { round, clusters, iterations, inertia, labels }: EventOf<'clients-clustered'>,
  plane: Plane | null,
): TracedRefresh {
  const replayed = plane && ServerView.of(run)?.lloydSteps(round, labels);
  const traced = (known: Uint32Array, step: KmeansStep): TracedLloydStep => {
    const everybody = new Int32Array(run.setup.split.train.users).fill(-1);
    known.forEach((client, row) => {
      everybody[client] = step.labels[row]!;
    });
    const centroids = project(step.centroids.data, run.settings.factors, plane!);
    return { inertia: step.inertia, moved: step.moved, labels: followed.pick(everybody), centroids };
  };
  return {
    ...{ clusters, iterations, inertia, labels: followed.pick(labels) },
    steps: replayed ? replayed.steps.map((step) => traced(replayed.known, step)) : [],
    ...{ peers: 0, probes: 0, bytesDown: 0, attention: null },
  };
}

/** Attention between the owners, added to the clusters of the same refresh, if there are any. */
export function traceAttention(
  run: OpenRun,
  followed: FollowedClients,
  { peers, probes, bytesDown }: EventOf<'attention-computed'>,
  clusters: TracedRefresh | null,
): TracedRefresh {
  const attention = ServerView.of(run)?.attention(Uint32Array.from(followed.owners)) ?? null;
  const labels = new Int32Array(followed.count).fill(-1);
  const nothing = { clusters: 0, iterations: 0, inertia: 0, steps: [] };
  return { ...(clusters ?? { ...nothing, labels }), peers, probes, bytesDown, attention };
}
