// Every link of the built site leads to a page of it, and every anchor to a place on that page. Links to other sites
// are checked for their form only: a check must not depend on somebody else's server.
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { factsOf, type PageFacts, pagesOfSite, site } from './files.ts';

/** What is wrong with the links, one line each. */
export function brokenLinks(): { pages: number; links: number; broken: string[] } {
  const pages = pagesOfSite();
  const facts = new Map<string, PageFacts>(pages.map((page) => [page, factsOf(page)]));
  const broken: string[] = [];
  let links = 0;
  for (const [page, { links: targets }] of facts) {
    for (const target of targets) {
      links++;
      const problem = problemOf(page, target, facts);
      if (problem) broken.push(`${page}: ${target} ${problem}`);
    }
  }
  return { pages: pages.length, links, broken };
}

function problemOf(page: string, target: string, facts: ReadonlyMap<string, PageFacts>): string | null {
  if (/^[a-z]+:/.test(target)) return isExternal(target) ? null : 'is no https address';
  const [path, anchor] = target.split('#') as [string, string?];
  const found = path === '' ? page : fileOf(page, decodeURI(path));
  if (found === null) return 'is not there';
  if (!anchor || !found.endsWith('.html')) return null;
  if (found === 'playground.html' && /^lesson=\d+$/.test(anchor)) return null; // a question, no place
  return facts.get(found)?.ids.has(decodeURIComponent(anchor)) ? null : `has no place #${anchor}`;
}

function isExternal(target: string): boolean {
  const { protocol, hostname } = new URL(target);
  return protocol === 'https:' && hostname.includes('.');
}

/** The file that a path leads to, from the site's root; null if there is none. */
function fileOf(page: string, path: string): string | null {
  const full = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(page), path);
  const candidates = [full, `${full}.html`, posix.join(full, 'index.html')];
  return (
    candidates.find(
      (file) => file !== '' && existsSync(site + file) && !file.endsWith('/') && /\.\w+$/.test(file),
    ) ?? null
  );
}
