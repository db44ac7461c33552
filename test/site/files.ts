// The built site as files: its pages, and what a page says in HTML. For the checks that need no browser.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const site = fileURLToPath(new URL('../../docs/.vitepress/dist/', import.meta.url));

/** All pages, from the site's root: `lessons/01-factors.html`. */
export function pagesOfSite(): string[] {
  if (!existsSync(`${site}index.html`)) throw new Error('the site is not built: npm run docs:build');
  return readdirSync(site, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.html'))
    .sort();
}

export interface PageFacts {
  readonly links: readonly string[];
  readonly ids: ReadonlySet<string>;
}

/** The links and the anchors of a page. */
export function factsOf(page: string): PageFacts {
  const html = readFileSync(site + page, 'utf8');
  const all = (pattern: RegExp) => Array.from(html.matchAll(pattern), ([, value]) => unescaped(value!));
  return {
    links: all(/<a\b[^>]*?\shref="([^"]*)"/g),
    ids: new Set(all(/\sid="([^"]*)"/g)),
  };
}

function unescaped(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
}
