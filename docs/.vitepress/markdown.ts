// How the site reads Markdown, where that differs from VitePress's own way: links by repository path, anchors as on
// GitHub, numbered lines on source pages. The same files must read well without the site.
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress';
import { resolveLink, root } from './repository.ts';

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
          if (address === null) becomeNothing(token);
          else token.attrSet('href', withEnding(address));
        } else if (token.type === 'link_close' && isDropped.pop()) becomeNothing(token);
      }
    }
  });
}

/** Leaves no trace of a token, so that VitePress does not see a link to check either. */
function becomeNothing(token: { type: string; tag: string; nesting: number; content: string }): void {
  Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' });
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
      .replace('<svg ', `<svg role="img" tabindex="0" aria-label="${label}" `)
      .replace(/\n\s*/g, ''); // one line: a picture stands inside a paragraph
  };
}

/** What `Save` looks like before anybody asks for it: theme/take.ts does the rest. */
function saveButton(what: string): string {
  return `<button type="button" class="take" aria-expanded="false" aria-label="Save this ${what}">Save</button>`;
}

/** Tables of figures, and the pictures of lessons, can be taken away: as SVG, PNG, and tables as CSV. */
export function offerSaving(md: MarkdownRenderer): void {
  const close = md.renderer.rules.table_close;
  md.renderer.rules.table_close = (tokens, index, options, env, self) => {
    const usual = close ? close(tokens, index, options, env, self) : self.renderToken(tokens, index, options);
    const start = tokens.findLastIndex(({ type }, at) => at < index && type === 'table_open');
    const hasFigures = tokens
      .slice(start, index)
      .some(
        ({ type, attrGet }, at) =>
          type === 'td_open' && /right/.test(attrGet.call(tokens[start + at], 'style') ?? ''),
      );
    return hasFigures ? `${usual}${saveButton('table')}` : usual;
  };
  const paragraph = md.renderer.rules.paragraph_close;
  md.renderer.rules.paragraph_close = (tokens, index, options, env, self) => {
    const usual = paragraph
      ? paragraph(tokens, index, options, env, self)
      : self.renderToken(tokens, index, options);
    const isPicture = tokens[index - 1]?.children?.some(
      ({ type, attrGet }, at) =>
        type === 'image' && /\.svg$/.test(attrGet.call(tokens[index - 1]!.children![at], 'src') ?? ''),
    );
    return isPicture ? `${usual}${saveButton('picture')}` : usual;
  };
}

/** A list inside `<Question lesson="…">` is what one chooses from. */
export function makeChoices(md: MarkdownRenderer): void {
  md.core.ruler.push('question_choices', ({ tokens, Token }) => {
    let name: string | null = null;
    let choice = 0;
    for (const [at, { type, content }] of tokens.entries()) {
      const opened = /^<Question\b[^>]*lesson="([^"]+)"[^>]*kind="(\w+)"/.exec(content);
      if (type === 'html_block' && opened) [name, choice] = [`${opened[2]}-${opened[1]}`, 0];
      if (type === 'html_block' && content.startsWith('</Question')) name = null;
      if (name === null || type !== 'list_item_open') continue;
      const text = tokens.slice(at).find((token) => token.type === 'inline')!;
      const begin = new Token('html_inline', '', 0);
      begin.content = `<label><input type="radio" name="${name}" value="${choice++}"> `;
      const end = new Token('html_inline', '', 0);
      end.content = '</label>';
      text.children = [begin, ...text.children!, end];
    }
  });
}

/** Every lesson has the same line below its title. */
export function headLessons(md: MarkdownRenderer): void {
  const usual = md.renderer.rules.heading_close;
  md.renderer.rules.heading_close = (tokens, index, options, env: MarkdownEnv, self) => {
    const closed = usual
      ? usual(tokens, index, options, env, self)
      : self.renderToken(tokens, index, options);
    const isTitle = tokens[index]!.tag === 'h1' && env.relativePath.startsWith('lessons/');
    return isTitle ? `${closed}<LessonHead />\n` : closed;
  };
}

/** Indented code can be scrolled by the keyboard, as fenced code can. */
export function letKeysScroll(md: MarkdownRenderer): void {
  const usual = md.renderer.rules.code_block!;
  md.renderer.rules.code_block = (...given) => usual(...given).replace(/^<pre/, '<pre tabindex="0"');
}

/**
 * Source pages (their fences say `source`): every line has an address, `#L12`, and comments are set off. Two hundred
 * files with every word coloured would take most of the time that the site takes to build.
 */
export function numberLines(md: MarkdownRenderer): void {
  const usual = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const { info, content } = tokens[index]!;
    if (info !== 'ts source') return usual(tokens, index, options, env, self);
    let isInside = false; // a comment of several lines
    const lines = content
      .trimEnd()
      .split('\n')
      .map((line, place) => {
        const begins = /^\s*\/\*/.test(line);
        const isComment = isInside || begins || /^\s*\/\//.test(line);
        isInside = (isInside || begins) && !line.includes('*/');
        const [, code, note] = isComment
          ? ['', '', line]
          : (/^(.*?)(\s\/\/ .*)?$/.exec(line) ?? ['', line, '']);
        const comment = note ? `<i>${md.utils.escapeHtml(note)}</i>` : '';
        return `<span id="L${place + 1}" class="line">${md.utils.escapeHtml(code ?? '')}${comment}\n</span>`;
      });
    return `<div class="source-code" tabindex="0"><pre v-pre><code>${lines.join('')}</code></pre></div>`;
  };
}
