// docs/files.md and docs/public/output.schema.json, written from the tables beside this file.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { documents, outputSchema, parts } from './output-schema.ts';
import { inWords, type Schema } from './schema-kinds.ts';
import { tensorSections } from './tensor-table.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PAGE = 'docs/files.md';
const SCHEMA = 'docs/public/output.schema.json';

/** What stands between two marks of the page. */
const sections: Readonly<Record<string, () => string>> = {
  documents: () =>
    Object.keys(documents)
      .map((name) => section(name, documents[name]!))
      .join('\n'),
  parts: () =>
    Object.keys(parts)
      .filter((name) => !(name in documents))
      .map((name) => section(name, null))
      .join('\n'),
  tensors: () =>
    Object.entries(tensorSections)
      .map(([title, rows]) => {
        const lines = Object.entries(rows).map(
          ([name, { type, shape, meaning }]) =>
            `| \`${name}\` | ${type} | [${shape.map((part) => (part === '*' ? '…' : part)).join(', ')}] | ${meaning} |`,
        );
        return table(`### ${title}`, ['Array', 'Type', 'Shape', 'Meaning'], lines);
      })
      .join('\n'),
};

function section(name: string, from: string | null): string {
  const { properties, required } = parts[name] as {
    properties: Record<string, Schema>;
    required: readonly string[];
  };
  const lines = fieldLines(properties, required, '');
  const title = `### ${name}${from ? `\n\nFrom ${from}.` : ''}`;
  return table(title, ['Field', 'Holds', 'Meaning'], lines);
}

/** A line a field; the fields of an object inside follow it, with its name before theirs. */
function fieldLines(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  prefix: string,
): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const inner = innerOf(schema);
    const note = required.includes(name) ? '' : ' (may be absent)';
    const line = `| \`${prefix}${name}\` | ${inWords(schema)} | ${schema.description}${note} |`;
    return [line, ...(inner ? fieldLines(inner.properties, inner.required, `${prefix}${name}.`) : [])];
  });
}

type ObjectSchema = { properties: Record<string, Schema>; required: readonly string[] };

function innerOf(schema: Schema): ObjectSchema | null {
  const candidates = Array.isArray(schema.anyOf) ? (schema.anyOf as Schema[]) : [schema];
  return (candidates.find(({ properties }) => properties) as ObjectSchema | undefined) ?? null;
}

function table(title: string, heads: readonly string[], lines: readonly string[]): string {
  const rule = `| ${heads.map(() => '---').join(' | ')} |`;
  return [title, '', `| ${heads.join(' | ')} |`, rule, ...lines, ''].join('\n');
}

/** The page and the schema as they should be, by path. */
export function outputFiles(): Readonly<Record<string, string>> {
  let page = readFileSync(at(PAGE), 'utf8');
  for (const [name, make] of Object.entries(sections)) {
    const marks = new RegExp(`(<!-- ${name}:begin -->\n)[\\s\\S]*(<!-- ${name}:end -->)`);
    page = page.replace(marks, (_, begin: string, end: string) => `${begin}\n${make()}\n${end}`);
  }
  return { [PAGE]: page, [SCHEMA]: `${JSON.stringify(outputSchema, null, 2)}\n` };
}

/** Writes both, where they have changed. */
export function updateOutputFiles(): void {
  for (const [path, text] of Object.entries(outputFiles())) writeFileSync(at(path), text);
}
