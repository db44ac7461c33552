// What belongs to each lesson besides its page: the source to read, a task of the course; and how long the page takes.

export interface LessonFacts {
  /** The file to read first, from the root. */
  readonly source: string;
  /** Whether its page opens a task of the course. */
  readonly workbench: boolean;
}

export const lessonFacts: Readonly<Record<string, LessonFacts>> = {
  '01-factors': { source: 'lib/model/factorization.ts', workbench: true },
  '02-data-at-home': { source: 'lib/federated/client.ts', workbench: false },
  '03-low-rank': { source: 'lib/model/low-rank.ts', workbench: true },
  '04-what-travels': { source: 'lib/federated/wire.ts', workbench: true },
  '05-who-is-similar': { source: 'lib/model/kmeans.ts', workbench: true },
  '06-attention': { source: 'lib/federated/attention-aggregator.ts', workbench: true },
  '07-vanishing-clients': { source: 'lib/federated/tokens.ts', workbench: true },
  '08-what-the-server-infers': { source: 'lib/privacy/attack.ts', workbench: true },
  '09-fooling-yourself': { source: 'lib/evaluation/ranking.ts', workbench: true },
  '10-making-it-fast': { source: 'lib/fast/tiled.ts', workbench: false },
  '11-clients-that-lie': { source: 'lib/robust/norm-bound.ts', workbench: false },
  '12-order': { source: 'lib/federated/windows/count-windows.ts', workbench: false },
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
