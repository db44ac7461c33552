// Which lesson explains what: panels and stations name theirs.

/** The lessons in order: page and title. */
export const lessonPages = [
  ['lessons/01-factors', 'Recommending with factors'],
  ['lessons/02-data-at-home', 'Keeping data at home'],
  ['lessons/03-low-rank', 'A low-rank update'],
  ['lessons/04-what-travels', 'What travels'],
  ['lessons/05-who-is-similar', 'Who is similar'],
  ['lessons/06-attention', 'Attention between clients'],
  ['lessons/07-vanishing-clients', 'Clients that vanish'],
  ['lessons/08-what-the-server-infers', 'What the server can infer'],
  ['lessons/09-fooling-yourself', 'How to fool yourself'],
  ['lessons/10-making-it-fast', 'Making it fast'],
  ['lessons/11-clients-that-lie', 'Clients that lie'],
  ['lessons/12-order', 'What comes next'],
] as const;

/** The number of the lesson behind each panel. */
export const lessonOfPanel: Readonly<Record<string, number>> = {
  ratings: 2,
  client: 3,
  bytes: 4,
  plane: 5,
  lists: 1,
  attention: 6,
  quality: 9,
};
