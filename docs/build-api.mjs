// Writes the API pages, docs/api/*.md, from the comments in lib/ with TypeDoc. One page for each section of
// lib/index.ts, and one for each import path that the index does not cover. A warning is an error.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind } from 'typedoc';

const docs = fileURLToPath(new URL('./', import.meta.url));
const entries = `${docs}.cache/api/`;

/** Modules that are imported by a path of their own and are not part of the index. */
const besideTheIndex = [
  {
    title: 'Weights as files',
    text: "import { … } from 'fedtlrec/safetensors'.",
    code: "export * from '../../../lib/numeric/safetensors.ts';",
  },
  {
    title: 'Peers',
    text: "The recipes of other papers and the central references. import { … } from 'fedtlrec/peers'.",
    code: "export * from '../../../lib/peers/index.ts';",
  },
  {
    title: 'Threads',
    text: "import { … } from 'fedtlrec/simulator'. Needs Node.",
    code: "export * from '../../../lib/simulator/threads.ts';",
  },
  {
    title: 'WebGPU',
    text: "import { … } from 'fedtlrec/webgpu'. Needs a GPU; see [WebGPU](../webgpu.md).",
    code: "export * from '../../../lib/webgpu/index.ts';",
  },
  {
    title: 'Files',
    text: "import { … } from 'fedtlrec/node'. Needs Node.",
    code: "export * from '../../../lib/node/index.ts';",
  },
];

const modules = [...sectionsOfTheIndex(), ...besideTheIndex].map((module) => ({
  ...module,
  name: module.title.toLowerCase().replaceAll(' ', '-'),
}));
writeEntries();
await writePages();
for (const module of modules) finishPage(module);
writeStart();

/** Each paragraph of lib/index.ts under a comment `Title: what it holds.` is a section. */
function sectionsOfTheIndex() {
  const index = readFileSync(new URL('../lib/index.ts', import.meta.url), 'utf8');
  return index
    .split('\n\n')
    .map((paragraph) => /^\/\/ ([^\n:,]+)([:,] [^\n]+)\n((?:export[\s\S]+))$/.exec(paragraph))
    .filter((match) => match !== null)
    .map(([, title, rest, code]) => ({
      title: title.replace(/^The /, '').replace(/^./, (first) => first.toUpperCase()),
      text: `${title}${rest} import { … } from 'fedtlrec'.`,
      code: code.replaceAll("from './", "from '../../../lib/"),
    }));
}

function writeEntries() {
  rmSync(entries, { recursive: true, force: true });
  mkdirSync(entries, { recursive: true });
  for (const { name, code } of modules) writeFileSync(`${entries}${name}.ts`, `${code.trim()}\n`);
  const settings = { extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [] };
  writeFileSync(`${entries}tsconfig.json`, JSON.stringify(settings));
}

async function writePages() {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: modules.map(({ name }) => `${entries}${name}.ts`),
    tsconfig: `${entries}tsconfig.json`,
    basePath: `${docs}..`,
    out: `${docs}api`,
    router: 'module',
    readme: 'none',
    entryFileName: 'index',
    disableGit: true,
    sourceLinkTemplate: '/source/{path}.html#L{line}',
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    tableColumnSettings: { hideSources: true },
    useCodeBlocks: true,
    logLevel: 'Warn',
  });
  app.converter.on('resolveBegin', ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      // What a class inherits from the language itself has no page here.
      if (reflection.sources?.some(({ fileName }) => fileName.includes('node_modules/')))
        delete reflection.sources;
    }
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      module.name = module.name.replace(/^.*\//, '');
  });
  const project = await app.convert();
  if (!project) process.exit(1);
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
}

/** A page begins with what it is about; its links to sources lead to the site's pages of them. */
function finishPage({ name, title, text }) {
  const file = `${docs}api/${name}.md`;
  const page = readFileSync(file, 'utf8').replaceAll('(/source/../../../', '(/source/');
  writeFileSync(file, page.replace(/^# .*\n/, `# ${title}\n\n${withCode(text)}\n`));
}

function writeStart() {
  const rows = modules.map(({ name, title, text }) => `| [${title}](${name}.md) | ${withCode(text)} |`);
  const lines = [
    '# API',
    '',
    'Everything that the package exports, in the order in which data flow. Written by TypeDoc from the comments in',
    '[lib/](/source/), which has the same order.',
    '',
    '| Page | Holds |',
    '| ---- | ----- |',
    ...rows,
    '',
    'Single modules can be imported alone:',
    '',
    ...importPaths(),
    '',
  ];
  writeFileSync(`${docs}api/index.md`, lines.join('\n'));
}

/** The package's import paths with their source files, from package.json. */
function importPaths() {
  const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const rows = Object.entries(exports)
    .filter(([, { default: built }]) => built)
    .map(([path, { default: built }]) => [
      path.replace('.', 'fedtlrec'),
      built.replace('./dist/', 'lib/').replace(/\.js$/, '.ts'),
    ])
    .map(([path, file]) => `| \`${path}\` | [${file}](/source/${file}.html) |`);
  return ['| Import from | Source |', '| ----------- | ------ |', ...rows];
}

function withCode(text) {
  return text.replace(/import \{ … \} from '[^']+'/, '`$&`');
}
