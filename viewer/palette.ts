// Colours that people with any kind of colour vision can tell apart (Okabe & Ito, 2008), for light and for dark paper.
// In: the theme; out: colours for canvases; the style sheet has the same ones for everything else.

export type Theme = 'light' | 'dark';

export interface Palette {
  readonly theme: Theme;
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly wash: string;
  readonly accent: string;
  /** For clusters, groups and runs; repeated if there are more. */
  readonly categories: readonly string[];
  /** Colours of zero, of the largest and of the most negative value in a heat map, as red, green, blue. */
  readonly zero: readonly [number, number, number];
  readonly most: readonly [number, number, number];
  readonly least: readonly [number, number, number];
}

const light: Palette = {
  theme: 'light',
  paper: '#ffffff',
  ink: '#1b2029',
  soft: '#5a6473',
  line: '#dbe0e8',
  wash: '#f3f5f9',
  accent: '#0b62a8',
  categories: ['#0072b2', '#d55e00', '#009e73', '#b8569a', '#c98a00', '#3a9bd8', '#6a6f78', '#8a7f00'],
  zero: [243, 245, 249],
  most: [8, 69, 128],
  least: [196, 78, 0],
};

const dark: Palette = {
  theme: 'dark',
  paper: '#171b22',
  ink: '#e9edf3',
  soft: '#a3adbb',
  line: '#343c48',
  wash: '#20262f',
  accent: '#6cb8f0',
  categories: ['#56b4e9', '#f58a4b', '#2cc79c', '#e39cc9', '#f2b632', '#9ad6ff', '#b9c0ca', '#e6da4d'],
  zero: [32, 38, 47],
  most: [130, 205, 255],
  least: [255, 150, 80],
};

export function paletteOf(theme: Theme): Palette {
  return theme === 'dark' ? dark : light;
}

/** The colour of a cluster or a run; a soft grey for -1, nobody. */
export function categoryColour(palette: Palette, category: number): string {
  return category < 0 ? palette.soft : palette.categories[category % palette.categories.length]!;
}

/** The theme around an element: that of the nearest `data-theme`, else what the reader's system prefers. Paper is light. */
export function themeAround(place: Element): Theme {
  if (document.documentElement.hasAttribute('data-paper')) return 'light';
  const told = place.closest('[data-theme]')?.getAttribute('data-theme');
  if (told === 'dark' || told === 'light') return told;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Calls back whenever the theme around an element may have changed; returns how to stop that. */
export function watchTheme(onChange: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', onChange);
  const observer = new MutationObserver(onChange);
  observer.observe(document, { attributes: true, attributeFilter: ['data-theme'], subtree: true });
  const onPaper = ({ type }: Event) => {
    document.documentElement.toggleAttribute('data-paper', type === 'beforeprint');
    onChange();
  };
  for (const type of ['beforeprint', 'afterprint']) addEventListener(type, onPaper);
  return () => {
    for (const type of ['beforeprint', 'afterprint']) removeEventListener(type, onPaper);
    media.removeEventListener('change', onChange);
    observer.disconnect();
  };
}
