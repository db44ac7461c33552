// The site: what is on it, in which order, and how pages become HTML. Nothing is loaded from other hosts.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import {
  drawPictures,
  headLessons,
  letKeysScroll,
  linkByRepositoryPath,
  makeChoices,
  numberLines,
  offerSaving,
} from './markdown.ts';
import { slugify } from './slugify.ts';
import { minutesFor } from './theme/lessons/facts.ts';
import { checkTypes, showTypes } from './types.ts';

const docs = fileURLToPath(new URL('../', import.meta.url));
const library = fileURLToPath(new URL('../../lib/', import.meta.url));

/** Where the site will lie on its server; `/fedtlrec/`, say. */
const base = process.env.SITE_BASE ?? '/';

/** `fedtlrec` and its sub-paths lead to the sources, so that the site runs what the repository holds. */
function libraryAliases(): { find: RegExp; replacement: string }[] {
  const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return Object.entries<{ default?: string }>(exports).flatMap(([path, { default: built }]) =>
    built === undefined
      ? []
      : [
          {
            find: new RegExp(`^${path.replace('.', 'fedtlrec')}$`),
            replacement: built
              .replace('/alone/', '/prototyping/')
              .replace('./dist/', library)
              .replace(/\.js$/, '.ts'),
          },
        ],
  );
}

/** The pages on the left, by the words that lead to them. */
const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Start: {
    'First steps': '/',
    'The whole algorithm': '/whole',
    Prototyping: '/prototyping',
    Playground: '/playground',
  },
  Lessons: {
    '1 Recommending with factors': '/lessons/01-factors',
    '2 Keeping data at home': '/lessons/02-data-at-home',
    '3 A low-rank update': '/lessons/03-low-rank',
    '4 What travels': '/lessons/04-what-travels',
    '5 Who is similar': '/lessons/05-who-is-similar',
    '6 Attention between clients': '/lessons/06-attention',
    '7 Clients that vanish': '/lessons/07-vanishing-clients',
    '8 What the server can infer': '/lessons/08-what-the-server-infers',
    '9 How to fool yourself': '/lessons/09-fooling-yourself',
    '10 Making it fast': '/lessons/10-making-it-fast',
    '11 Clients that lie': '/lessons/11-clients-that-lie',
    '12 What comes next': '/lessons/12-order',
  },
  Reference: {
    'One round, as a story': '/algorithm',
    Equations: '/equations',
    Notation: '/notation',
    Glossary: '/glossary',
    Recipes: '/recipes',
    Settings: '/settings',
    'Command line': '/command-line',
    'Files and events': '/files',
    'Import paths': '/imports',
    'Running and bundling': '/bundlers',
    Examples: '/examples',
    'The wire format': '/wire',
    Traces: '/trace',
    WebGPU: '/webgpu',
    Dependencies: '/dependencies',
    'Source files': '/source/',
  },
  API: apiPages(),
  Results: {
    Results: '/results',
    'How results are measured': '/evaluation',
    'The released program': '/reproduction',
    Privacy: '/privacy',
    'Clients that lie': '/robust',
    Benchmarks: '/benchmarks',
  },
  'Using it': {
    'Your own ratings': '/data',
    'Teaching with it': '/teaching',
    'In your own page': '/embedding',
    'Run a course': '/course',
    'In a debugger': '/debugging',
    'Changing something': '/changing',
    Contributing: '/contributing',
    Changes: '/changelog',
  },
};

/** The pages that build-api.mjs has written, in the order of its table; none before it has run. */
function apiPages(): Record<string, string> {
  const start = `${docs}api/index.md`;
  if (!existsSync(start)) return {};
  const rows = readFileSync(start, 'utf8').matchAll(/^\| \[([^\]]+)\]\(([\w-]+)\.md\)/gm);
  return {
    Overview: '/api/',
    ...Object.fromEntries(Array.from(rows, ([, text, page]) => [text, `/api/${page}`])),
  };
}

const sidebar = Object.entries(sections).map(([text, pages]) => ({
  text,
  items: Object.entries(pages).map(([page, link]) => ({ text: page, link })),
}));

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default defineConfig({
  title: 'fedtlrec',
  description: 'Federated recommendation to read and step through.',
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  srcExclude: ['**/node_modules/**'],
  transformPageData(page) {
    const isLesson = page.relativePath.startsWith('lessons/');
    if (isLesson) page.frontmatter.minutes = minutesFor(readFileSync(docs + page.relativePath, 'utf8'));
    if (page.params?.title) page.title = page.params.title;
  },
  metaChunk: true,
  router: { prefetchLinks: false }, // a page loads what it needs, not what its links may need
  markdown: {
    math: true,
    anchor: { slugify },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    codeTransformers: [showTypes],
    config: (md) => {
      linkByRepositoryPath(md);
      drawPictures(md);
      offerSaving(md);
      makeChoices(md);
      headLessons(md);
      numberLines(md);
      letKeysScroll(md);
      checkTypes(md);
    },
  },
  themeConfig: {
    logo: '/icon.svg',
    nav: [
      { text: 'Start', link: '/', activeMatch: '^/$' },
      { text: 'Lessons', link: '/lessons/01-factors', activeMatch: '^/lessons/' },
      { text: 'Playground', link: '/playground' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Results', link: '/results' },
      {
        text: 'Teaching',
        items: [
          { text: 'A plan of weeks', link: '/teaching' },
          { text: 'Run a course', link: '/course' },
          { text: 'Run a class', link: '/classroom' },
        ],
      },
      {
        text: 'More',
        items: [
          { text: 'Run on many machines', link: '/many-machines' },
          { text: 'Contributing', link: '/contributing' },
        ],
      },
    ],
    sidebar,
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          // Who asks for a word wants to know what it means; of the API's many pages, what it is called is enough.
          searchOptions: {
            boostDocument: (place: string) =>
              place.includes('/glossary') ? 4 : place.includes('/api/') ? 0.3 : 1,
          },
        },
      },
    },
    docFooter: { prev: 'Before', next: 'Next' },
    externalLinkIcon: true,
  },
  vite: {
    resolve: {
      alias: libraryAliases(),
    },
    build: { chunkSizeWarningLimit: 1500 },
    worker: { format: 'es' },
  },
});
