// Writes the API pages, docs/api/*.md, from the comments in lib/ with TypeDoc. One page for each folder that can be imported,
// and a start page with what the package itself exports. A warning is an error.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind } from 'typedoc';

const docs = fileURLToPath(new URL('./', import.meta.url));
const entries = `${docs}.cache/api/`;

/** Import paths whose page is not that of a folder: what they are called, and what they need. */
const singleModules = {
  loops: { title: 'Loops', text: 'The loops of a run by their name: plain, tiled or SIMD.' },
  simulator: { title: 'Threads', text: 'Rounds on several threads, with the same result. Needs Node.' },
  safetensors: { title: 'Weights as files', text: 'Named arrays as one file that Python opens, too.' },
};

const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const modules = Object.entries(exports).flatMap(([path, { default: built }]) =>
  built && path !== '.'
    ? (pageOf(path.slice(2), built.replace('./dist/', 'lib/').replace(/\.js$/, '.ts')) ?? [])
    : [],
);
writeEntries();
await writePages();
for (const module of modules) finishPage(module);
writeStart();

/** A page for each folder that can be imported, with the title and the text of its first comment: `Title: what it holds.` */
function pageOf(name, file) {
  const isFolder = file.endsWith('/index.ts');
  if (!isFolder && !singleModules[name]) return undefined; // part of a folder
  const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const [, title, text] = /^\/\/ ([A-Z][^\n:]+): ([^\n]+(?:\n\/\/ [^\n]+)*)$/m.exec(source) ?? [];
  const about = singleModules[name] ?? {
    title,
    text: text?.replaceAll('\n// ', ' ').replace(/^./, (first) => first.toUpperCase()),
  };
  if (!about.title) throw new Error(`${file} must begin with a comment such as "// Numbers: what it holds."`);
  return {
    name,
    title: about.title,
    text: `${about.text} import { … } from 'fedtlrec/${name}'.`,
    code: `export * from '../../../${file}';`,
  };
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
    'Written by TypeDoc from the comments in [lib/](/source/). One page for each folder, in the order in which data flow;',
    'what users need most can be imported from `fedtlrec` itself. [Import paths](../imports.md) says which is which.',
    '',
    '| Page | Holds |',
    '| ---- | ----- |',
    ...rows,
    '',
    "## import { … } from 'fedtlrec'",
    '',
    ...sectionsOfTheIndex().flatMap(({ title, names }) => [
      `**${title}** ${names.map(linkTo).join(', ')}`,
      '',
    ]),
    '## Import paths',
    '',
    ...importPaths(),
    '',
  ];
  writeFileSync(`${docs}api/index.md`, lines.join('\n'));
}

/** The values that lib/index.ts exports, by its paragraphs, each under a comment `Title: what it holds.` */
function sectionsOfTheIndex() {
  const index = readFileSync(new URL('../lib/index.ts', import.meta.url), 'utf8');
  return index
    .split('\n\n')
    .map((paragraph) => /^\/\/ ([^\n]+)\n(export[\s\S]+)$/.exec(paragraph))
    .filter((match) => match !== null)
    .map(([, title, code]) => ({
      title,
      names: Array.from(code.matchAll(/export \{([^}]*)\}/g), ([, list]) => list.split(','))
        .flat()
        .map((name) => name.trim())
        .filter(Boolean),
    }));
}

/** A name with a link to the page that has it. */
function linkTo(name) {
  const heading = new RegExp(`\\n### ${name}(\\(|\\n)`); // functions have brackets
  const page = modules.find((module) => heading.test(pageText(module)));
  return page ? `[${name}](${page.name}.md#${name.toLowerCase()})` : `\`${name}\``;
}

function pageText({ name }) {
  return readFileSync(`${docs}api/${name}.md`, 'utf8');
}

/** The package's import paths with their source files, from package.json. */
function importPaths() {
  const rows = Object.entries(exports)
    .filter(([, { default: built }]) => built)
    .map(([path, { default: built }]) => [
      path.replace('.', 'fedtlrec'),
      built.replace('/alone/', '/prototyping/').replace('./dist/', 'lib/').replace(/\.js$/, '.ts'),
    ])
    .map(([path, file]) => `| \`${path}\` | [${file}](/source/${file}.html) |`);
  return ['| Import from | Source |', '| ----------- | ------ |', ...rows];
}

function withCode(text) {
  return text.replace(/import \{ … \} from '[^']+'/, '`$&`');
}
