// What is on screen: runs, a moment, and what the reader has chosen to look at. Panels get it and draw; they keep
// nothing that a later frame depends on, so going back shows what was shown before.
import type { MetricName } from '../lib/evaluation/metrics.ts';
import type { Known } from '../lib/trace/moments.ts';
import type { Trace, TracedRefresh } from '../lib/trace/trace.ts';
import { clusterColours } from './cluster-colours.ts';
import type { Explainer } from './explainer.ts';
import type { Palette } from './palette.ts';
import type { SavedTable } from './take/csv.ts';

/** A trace with a name; `rounds` may still grow. */
export interface Run {
  readonly label: string;
  readonly trace: Trace;
}

/** What the reader has chosen. */
export interface Choice {
  /** Which run the panels of single clients show. */
  readonly run: number;
  /** Which client in focus: place in `about.focus`. */
  readonly focus: number;
  /** Attention head. */
  readonly head: number;
  /** Rank at which updates are shown. */
  readonly rank: number;
  readonly metric: MetricName;
}

/** One frame. */
export interface View extends Choice {
  readonly runs: readonly Run[];
  /** The chosen run. */
  readonly trace: Trace;
  /** What was known of it at the moment on screen. */
  readonly known: Known;
  /** Of every run at the same round; in the order of `runs`. */
  readonly knownOf: readonly Known[];
  readonly palette: Palette;
}

/** What panels are made with. */
export interface PanelTools {
  readonly explainer: Explainer;
  choose(part: Partial<Choice>): void;
}

export interface Panel {
  readonly name: string;
  readonly title: string;
  /** One sentence: what to look for. */
  readonly hint: string;
  readonly body: readonly HTMLElement[];
  /** Takes the widths of their places. */
  measure(): void;
  /** All that a frame of this panel depends on: it is drawn only when one of these is another one than before. */
  inputs(view: View): readonly unknown[];
  /** Draws the canvases; changes nothing else of the page. */
  draw?(view: View): void;
  /** Writes what stands beside them: text, choices, labels. Called after all panels have drawn. */
  annotate(view: View): void;
  /** The numbers behind what is drawn, for whoever takes them away. */
  tables(view: View): readonly SavedTable[];
  /** For pictures: what is drawn, and what is written beside it. */
  readonly canvases: readonly HTMLCanvasElement[];
  lines?(): readonly string[];
}

/** The place in `about.clients` of the client in focus. */
export function focusPlace({ trace, focus }: Pick<View, 'trace' | 'focus'>): number {
  return trace.about.focus[focus] ?? trace.about.focus[0] ?? 0;
}

/** Cluster of each followed client at a moment; -1 where there is none. */
export function labelsAt({ known }: Pick<View, 'known'>): ArrayLike<number> {
  const { refresh } = known;
  if (refresh === null) return [];
  return refresh.refresh.steps[refresh.step]?.labels ?? refresh.refresh.labels;
}

/** Whether a followed client took part in the latest round; everybody counts as present before the first. */
export function isPresentAt({ known }: Pick<View, 'known'>, place: number): boolean {
  const losses = known.details?.details.losses;
  return losses === undefined || !Number.isNaN(losses[place]!);
}

/** How clients look now, as a text that is another one when one of them looks different. */
export function looksOf(view: View, places: readonly number[]): string {
  const colours = coloursOf(view);
  return places.map((place) => (isPresentAt(view, place) ? colours[place] : 'absent')).join();
}

/** What colours and presence of clients depend on. */
export function clientInputs(view: View): readonly unknown[] {
  const { known, trace, focus } = view;
  return [trace.about, known.details?.round, known.refresh?.refresh, known.refresh?.step, focus];
}

/** How far all runs have come at all, and which of them is chosen. */
export function runInputs({ runs, run }: View): readonly unknown[] {
  return [...runs.flatMap(({ label, trace }) => [label, trace.about, trace.rounds.length]), run];
}

/** What the colour of clients stands for: clusters if there are several, else the true groups if they are known. */
export function colouring({
  trace,
  known,
}: Pick<View, 'trace' | 'known'>): 'clusters' | 'groups' | 'nothing' {
  if ((known.refresh?.refresh.clusters ?? 0) > 1) return 'clusters';
  return trace.about.groups ? 'groups' : 'nothing';
}

/** The same in words, for legends. */
export function colouringText(view: Pick<View, 'trace' | 'known'>): string {
  const clusters = view.known.refresh?.refresh.clusters;
  const noClusters = clusters === 1 ? 'there is only one cluster' : 'there are no clusters yet';
  if (colouring(view) === 'clusters') return `Colour: one of the ${clusters} clusters that K-means found.`;
  if (colouring(view) === 'groups')
    return `Colour: the true taste group, which no server knows; ${noClusters}.`;
  return `One colour: ${noClusters}.`;
}

/** Colours of clusters by refresh: several panels ask for them in each frame, and what a refresh found does not change. */
const coloursOfRefresh = new WeakMap<TracedRefresh, number[]>();

/** The colour of each cluster on screen, [clusters]: kept from refresh to refresh. */
export function coloursOfClusters({ trace, known }: Pick<View, 'trace' | 'known'>): readonly number[] {
  if (known.refresh === null) return [];
  const { round, refresh } = known.refresh;
  const worked = coloursOfRefresh.get(refresh);
  if (worked) return worked;
  const earlier = trace.rounds.filter(
    (other) => other.round <= round.round && other.refresh?.clusters === refresh.clusters,
  );
  const colours = clusterColours(
    earlier.map((other) => other.refresh!.labels),
    refresh.clusters,
  );
  coloursOfRefresh.set(refresh, colours);
  return colours;
}

/** The colour of each followed client, -1 for none. */
export function coloursOf(view: Pick<View, 'trace' | 'known'>): number[] {
  const { clients, groups } = view.trace.about;
  if (colouring(view) !== 'clusters') return Array.from(clients, (_, place) => groups?.[place] ?? 0);
  const labels = labelsAt(view);
  const colours = coloursOfClusters(view);
  return Array.from(clients, (_, place) => colours[labels[place] ?? -1] ?? -1);
}
