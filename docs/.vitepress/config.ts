// The site: what is on it, in which order, and how pages become HTML. Nothing is loaded from other hosts.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { drawPictures, linkByRepositoryPath, numberLines } from './markdown.ts';
import { slugify } from './slugify.ts';
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
            replacement: built.replace('./dist/', library).replace(/\.js$/, '.ts'),
          },
        ],
  );
}

/** Entries whose page exists; pages that are generated may not be there yet. */
function present<T extends { readonly link: string }>(entries: readonly T[]): T[] {
  return entries.filter(({ link }) => existsSync(`${docs}${link.replace(/\/$/, '/index').slice(1)}.md`));
}

const lessons = [
  { text: '1 Recommending with factors', link: '/lessons/01-factors' },
  { text: '2 Keeping data at home', link: '/lessons/02-data-at-home' },
  { text: '3 A low-rank update', link: '/lessons/03-low-rank' },
  { text: '4 What travels', link: '/lessons/04-what-travels' },
  { text: '5 Who is similar', link: '/lessons/05-who-is-similar' },
  { text: '6 Attention between clients', link: '/lessons/06-attention' },
  { text: '7 Clients that vanish', link: '/lessons/07-vanishing-clients' },
  { text: '8 What the server can infer', link: '/lessons/08-what-the-server-infers' },
  { text: '9 How to fool yourself', link: '/lessons/09-fooling-yourself' },
  { text: '10 Making it fast', link: '/lessons/10-making-it-fast' },
];

/** The pages that build-api.mjs has written, in the order of its table. */
function apiPages(): { text: string; link: string }[] {
  const start = `${docs}api/index.md`;
  if (!existsSync(start)) return [];
  const rows = readFileSync(start, 'utf8').matchAll(/^\| \[([^\]]+)\]\(([\w-]+)\.md\)/gm);
  return [
    { text: 'Overview', link: '/api/' },
    ...Array.from(rows, ([, text, page]) => ({ text: text!, link: `/api/${page}` })),
  ];
}

const sidebar = [
  {
    text: 'Start',
    items: present([
      { text: 'First steps', link: '/' },
      { text: 'Playground', link: '/playground' },
    ]),
  },
  { text: 'Lessons', items: present(lessons) },
  {
    text: 'Reference',
    items: present([
      { text: 'One round, as a story', link: '/algorithm' },
      { text: 'Equations', link: '/equations' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'Examples', link: '/examples' },
      { text: 'Traces', link: '/trace' },
      { text: 'WebGPU', link: '/webgpu' },
      { text: 'Dependencies', link: '/dependencies' },
      { text: 'Source files', link: '/source/' },
    ]),
  },
  {
    text: 'API',
    items: present(apiPages()),
  },
  {
    text: 'Results',
    items: present([
      { text: 'Results', link: '/results' },
      { text: 'How results are measured', link: '/evaluation' },
      { text: 'The released program', link: '/reproduction' },
      { text: 'Privacy', link: '/privacy' },
      { text: 'Benchmarks', link: '/benchmarks' },
    ]),
  },
  {
    text: 'Using it',
    items: present([
      { text: 'Teaching with it', link: '/teaching' },
      { text: 'Contributing', link: '/contributing' },
      { text: 'Changes', link: '/changelog' },
    ]),
  },
];

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default defineConfig({
  title: 'fedtlrec',
  description: 'Federated recommendation to read and step through.',
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  srcExclude: ['**/node_modules/**'],
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
      numberLines(md);
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
      ...present([{ text: 'Results', link: '/results' }]),
      ...(existsSync(`${docs}results.md`) ? [] : [{ text: 'Results', link: '/evaluation' }]),
      { text: 'Teaching', link: '/teaching' },
      { text: 'Contributing', link: '/contributing' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
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
