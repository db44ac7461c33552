// The viewer's panels by name, in the order in which they stand: `/embed/panel/plane.html` shows one of them.
export const panelTitles = {
  ratings: 'Who holds what',
  client: 'One client at home',
  bytes: 'What travels',
  plane: 'Who is similar',
  lists: 'One user’s top ten',
  attention: 'Who listens to whom',
  quality: 'Does it recommend better',
} as const;
