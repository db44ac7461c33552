// The list of source files with the first sentence of each header, for the page that lists them.
import { readFileSync } from 'node:fs';
import { root, sourceFiles } from '../.vitepress/repository.ts';

export interface SourceFolder {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly address: string; readonly says: string }[];
}

declare const data: SourceFolder[];

export { data };

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  watch: ['../../lib/**/*.ts'],
  load(): SourceFolder[] {
    const folders = new Map<string, SourceFolder['files'][number][]>();
    for (const file of sourceFiles()) {
      const cut = file.lastIndexOf('/');
      const folder = file.slice(0, cut);
      if (!folders.has(folder)) folders.set(folder, []);
      const says = firstSentence(readFileSync(root + file, 'utf8'));
      folders.get(folder)!.push({ name: file.slice(cut + 1), address: `/source/${file}.html`, says });
    }
    return [...folders].map(([folder, files]) => ({ folder, files }));
  },
};

/** The first sentence of the comment at the head of a file. */
function firstSentence(code: string): string {
  const lines = code.split('\n');
  const first = lines.findIndex((line) => line.startsWith('// ') && !line.startsWith('// biome-ignore'));
  const comment: string[] = [];
  for (let line = first; line >= 0 && lines[line]?.startsWith('// '); line++)
    comment.push(lines[line]!.slice(3));
  return /^.*?[.:](?=\s|$)/.exec(comment.join(' '))?.[0].replace(/:$/, '.') ?? '';
}
