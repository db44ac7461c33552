// A page for every source file, so that lessons, equations and the API can point at a line.
import { readFileSync } from 'node:fs';
import { root, sourceFiles } from '../.vitepress/repository.ts';

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  paths: () =>
    sourceFiles().map((file) => {
      const code = readFileSync(root + file, 'utf8');
      const title = file.slice(file.lastIndexOf('/') + 1);
      return { params: { file, title }, content: `\`\`\`\`ts source\n${code}\`\`\`\`\n` };
    }),
};
