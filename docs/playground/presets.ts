// A question for each lesson that the playground answers: the settings that differ from the defaults, the panel to look at, and what
// to watch there. `#lesson=7` in the address asks the seventh.
import type { Configuration, Variant } from './configuration.ts';

export interface Preset {
  readonly lesson: number;
  readonly question: string;
  /** Where to look, and at what. It does not give the answer away. */
  readonly watch: string;
  /** A panel of the viewer. */
  readonly panel: string;
  readonly shared?: Partial<Configuration>;
  readonly a?: Partial<Variant>;
  /** What it is compared with; null if the run is alone. */
  readonly b: Partial<Variant> | null;
}

export const presets: readonly Preset[] = [
  {
    ...{ lesson: 1, panel: 'quality', question: 'Do a few numbers per person beat what is popular?' },
    watch: 'A learns with factors, B recommends the same to everybody. In which round does A overtake B?',
    ...{ a: { recipe: 'fedmf' }, b: { recipe: 'popularity' } },
  },
  {
    ...{ lesson: 2, panel: 'ratings', question: 'What does a phone do in a round?' },
    watch:
      'Twenty clients, so that each has its row. Step through a round, and watch one row: what leaves it?',
    ...{ shared: { users: 20, items: 60, groups: 2, rounds: 10 }, a: { clusters: 2 }, b: null },
  },
  {
    ...{ lesson: 3, panel: 'bytes', question: 'What if the step comes down at rank 1?' },
    watch:
      'A gets it at rank 1, B whole, at rank 17. Compare the bytes down, then the curves over rounds and over megabytes.',
    ...{ a: { rank: 1 }, b: { rank: 17 } },
  },
  {
    ...{ lesson: 4, panel: 'bytes', question: 'What if a number travels in four bits?' },
    watch: 'A sends four bits a number, B thirty-two. What does rounding cost, and what does it save?',
    ...{ a: { codec: 'int4' }, b: { codec: 'float32' } },
  },
  {
    ...{ lesson: 5, panel: 'plane', question: 'What if K-means looks for too few groups?' },
    watch:
      'Four groups are there; B looks for two. Compare the agreement with the truth, then whether it matters.',
    ...{ a: { clusters: 4 }, b: { clusters: 2 } },
  },
  {
    ...{ lesson: 6, panel: 'attention', question: 'What if nobody listens to anybody?' },
    watch: 'B is the same without attention. How far apart are the two curves, and is that more than chance?',
    b: { recipe: 'without-attention' },
  },
  {
    ...{ lesson: 7, panel: 'quality', question: 'What if half are absent?' },
    watch:
      'In A half of the clients miss each round, in B nobody does. Who learns faster, and who ends higher?',
    ...{ a: { dropout: 0.5 }, b: { dropout: 0 } },
  },
  {
    ...{ lesson: 8, panel: 'quality', question: 'What does noise cost?' },
    watch: 'A hides its updates in noise, B does not. What is left of the recommendations?',
    ...{ a: { epsilon: 100 }, b: { epsilon: null } },
  },
  {
    ...{ lesson: 9, panel: 'quality', question: 'Is A better than B, or lucky?' },
    watch:
      'Two heads against one. Read the difference client by client before you believe the curves; then change the seed.',
    ...{ a: { heads: 2 }, b: { heads: 1 } },
  },
  {
    ...{ lesson: 10, panel: 'ratings', question: 'How fast are a thousand clients?' },
    watch: 'Choose the speed “fast”, and count the seconds that ten rounds of a thousand clients take.',
    ...{ shared: { users: 1000, items: 800, rounds: 10 }, b: null },
  },
  {
    ...{ lesson: 11, panel: 'quality', question: 'What if one client in ten lies?' },
    watch: 'In A one in ten sends the opposite of its update, ten times as loud. What becomes of the others?',
    ...{ a: { liars: 0.1 }, b: { liars: 0 } },
  },
  {
    ...{ lesson: 12, panel: 'lists', question: 'What if the server knows what comes together?' },
    watch: 'A sends windows of what was touched together, B none. Watch the lists, and the bytes up.',
    b: { recipe: 'without-windows' },
  },
];

export function presetOf(lesson: number | null): Preset | null {
  return presets.find((preset) => preset.lesson === lesson) ?? null;
}
