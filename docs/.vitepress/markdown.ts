// How the site reads Markdown, where that differs from VitePress's own way: links by repository path, anchors as on
// GitHub, numbered lines on source pages. The same files must read well without the site.
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { MarkdownEnv, MarkdownRenderer, UserConfig } from 'vitepress';
import { resolveLink, root } from './repository.ts';

type ShikiTransformer = NonNullable<NonNullable<UserConfig['markdown']>['codeTransformers']>[number];

/** The anchor of a heading, as GitHub makes it; test/docs/markdown.ts has the same rule. */
export function slugify(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/**
 * Turns relative links into addresses of the site; a link to a file without a page becomes plain text. A page that
 * includes a file from elsewhere names it in its frontmatter (`shows: CONTRIBUTING.md`), and links start there.
 */
export function linkByRepositoryPath(md: MarkdownRenderer): void {
  md.core.ruler.push('repository_links', (state) => {
    const env = state.env as MarkdownEnv;
    const shown = env.frontmatter?.shows as string | undefined;
    const page = shown ?? `docs/${env.relativePath}`;
    if (env.relativePath.startsWith('api/')) return;
    for (const { children } of state.tokens) {
      if (!children) continue;
      const isDropped: boolean[] = [];
      for (const token of children) {
        if (token.type === 'link_open') {
          const target = token.attrGet('href') ?? '';
          const isRelative = !/^([a-z]+:|#|\/)/.test(target);
          const address = isRelative ? resolveLink(page, decodeURI(target)) : target;
          isDropped.push(address === null);
          if (address === null) token.hidden = true;
          else token.attrSet('href', withEnding(address));
        } else if (token.type === 'link_close') token.hidden = isDropped.pop() ?? false;
      }
    }
  });
}

/** A source page's address ends in `.ts`, which VitePress would take for a file to be served as it is. */
function withEnding(address: string): string {
  return address.replace(/^(\/source\/[^#]+)/, '$1.html');
}

/** Pictures that are SVG files become part of the page, where they take the text's colour, light or dark. */
export function drawPictures(md: MarkdownRenderer): void {
  const usual = md.renderer.rules.image!;
  md.renderer.rules.image = (tokens, index, options, env: MarkdownEnv, self) => {
    const token = tokens[index]!;
    const source = token.attrGet('src') ?? '';
    if (!/^[^:]+\.svg$/.test(source)) return usual(tokens, index, options, env, self);
    const file = posix.join('docs', posix.dirname(env.relativePath), source);
    const label = md.utils.escapeHtml(token.content);
    return readFileSync(root + file, 'utf8')
      .replace(/<style>[\s\S]*?<\/style>/, '')
      .replace('<svg ', `<svg role="img" aria-label="${label}" `)
      .replace(/\n\s*/g, ''); // one line: a picture stands inside a paragraph
  };
}

/** On source pages (their fences say `source`) every line has an address: `#L12`. */
export const numberLines: ShikiTransformer = {
  name: 'number-lines',
  line(node, number) {
    if (/\bsource\b/.test(this.options.meta?.__raw ?? '')) node.properties.id = `L${number}`;
  },
};
