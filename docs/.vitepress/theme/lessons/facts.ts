// What belongs to each lesson besides its page: a question for the playground, in the words of its address, and the source to read.

export interface LessonFacts {
  /** The playground's address behind `#`, and what one asks it. */
  readonly playground: readonly [words: string, question: string];
  readonly source: string;
  readonly workbench: boolean;
}

export const lessonFacts: Readonly<Record<string, LessonFacts>> = {
  '01-factors': {
    playground: ['recipe=bpr-mf', 'what does one table for all reach?'],
    ...{ source: 'lib/model/factorization.ts', workbench: true },
  },
  '02-data-at-home': {
    playground: ['recipe=fedmf', 'what does one client send?'],
    ...{ source: 'lib/federated/client.ts', workbench: false },
  },
  '03-low-rank': {
    playground: ['rank=1&b=fedtlrec&b.rank=8', 'what does a lower rank cost?'],
    ...{ source: 'lib/model/low-rank.ts', workbench: true },
  },
  '04-what-travels': {
    playground: ['codec=float32&b=fedtlrec&b.codec=int2', 'how few bits are enough?'],
    ...{ source: 'lib/federated/wire.ts', workbench: true },
  },
  '05-who-is-similar': {
    playground: ['round=8&phase=cluster', 'does K-means find the true groups?'],
    ...{ source: 'lib/model/kmeans.ts', workbench: true },
  },
  '06-attention': {
    playground: ['b=without-attention', 'what is attention worth?'],
    ...{ source: 'lib/federated/attention-aggregator.ts', workbench: true },
  },
  '07-vanishing-clients': {
    playground: ['dropout=0&b=fedtlrec&b.dropout=0.5', 'what if half are absent?'],
    ...{ source: 'lib/federated/tokens.ts', workbench: true },
  },
  '08-what-the-server-infers': {
    playground: ['b=fedtlrec&b.epsilon=100', 'what does noise cost?'],
    ...{ source: 'lib/privacy/attack.ts', workbench: true },
  },
  '09-fooling-yourself': {
    playground: ['b=popularity', 'is it ahead of popularity by more than luck?'],
    ...{ source: 'lib/evaluation/ranking.ts', workbench: true },
  },
  '10-making-it-fast': {
    playground: ['users=1000&items=2000', 'how long does a larger federation take here?'],
    ...{ source: 'lib/fast/tiled.ts', workbench: false },
  },
  '11-clients-that-lie': {
    playground: ['b=fedtlrec&b.dropout=0.6', 'whom does one miss when clients are gone?'],
    ...{ source: 'lib/robust/norm-bound.ts', workbench: false },
  },
  '12-order': {
    playground: ['b=popularity&groups=8', 'does it know what comes next?'],
    ...{ source: 'lib/federated/windows/count-windows.ts', workbench: false },
  },
};

/** Minutes to read a page, step through it and do its exercises: 200 words a minute, ten lines of code, ten minutes besides; to five minutes. */
export function minutesFor(page: string): number {
  const code =
    page
      .match(/```[\s\S]*?```/g)
      ?.join('\n')
      .split('\n').length ?? 0;
  const included = 15 * (page.match(/^<<< /gm)?.length ?? 0);
  const words = page
    .replace(/```[\s\S]*?```|<[^>]+>|^---[\s\S]*?---/g, ' ')
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word)).length;
  return Math.ceil((words / 200 + (code + included) / 10 + 10) / 5) * 5;
}
