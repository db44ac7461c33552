// The form above the panels. In: a configuration; out: a new one whenever the reader changes something.
import { visibleText } from '../../lib/data/visible-text.ts';
import { type Codec, codecNames } from '../../lib/federated/wire/codecs.ts';
import { element } from '../../viewer/index.ts';
import { makeComputeField } from './compute-field.ts';
import { type Configuration, defaultVariant, limits, type Variant } from './configuration.ts';
import { explainFields } from './field-help.ts';
import type { GpuNews } from './protocol.ts';

type NumberName = keyof typeof limits;

const labels: Record<NumberName, string> = {
  users: 'Clients',
  items: 'Items',
  groups: 'Taste groups',
  seed: 'Seed',
  rounds: 'Rounds',
  rank: 'Rank down',
  clusters: 'Clusters',
  heads: 'Heads',
  dropout: 'Dropout',
  epsilon: 'ε (empty: off)',
  liars: 'Liars',
};

export interface Controls {
  readonly element: HTMLElement;
  /** Shows a configuration. */
  show(configuration: Configuration, fileName: string | null): void;
  hearOfGpu(news: GpuNews): void;
}

export interface ControlsOptions {
  readonly recipes: readonly { readonly name: string; readonly summary: string }[];
  readonly onChange: (configuration: Configuration) => void;
  readonly onFile: (file: File) => void;
}

export function makeControls({ recipes, onChange, onFile }: ControlsOptions): Controls {
  let now: Configuration;
  const change = (part: Partial<Configuration>) => onChange({ ...now, ...part });
  const chooser = element('input', {
    ...{
      type: 'file',
      accept: '.csv,.tsv,.txt,.data,.dat,.inter,.gz,.zip',
      class: 'pg-file',
      'aria-label': 'Ratings file',
    },
  });
  chooser.addEventListener('change', () => {
    const [file] = chooser.files ?? [];
    if (file) onFile(file);
    chooser.value = '';
  });
  const choose = element('button', { type: 'button', class: 'fv-button' }, 'Own ratings file …');
  choose.addEventListener('click', () => chooser.click());
  const synthetic = element('button', { type: 'button', class: 'fv-button' }, 'Synthetic data');
  synthetic.addEventListener('click', () => change({ data: 'synthetic' }));
  const fileName = element('span', { class: 'pg-note' });
  const reading = element('input', {
    ...{ type: 'text', class: 'pg-reading', spellcheck: 'false', autocomplete: 'off' },
    ...{ 'aria-label': 'How to read the file', placeholder: '--columns user,item,-,time' },
    title: 'Only where the file does not say it itself; the options are those of fedtlrec data info',
  });
  reading.addEventListener('change', () => change({ reading: reading.value.trim() }));
  const world = (['users', 'items', 'groups'] as const).map((name) =>
    numberField(name, '', (value) => change({ [name]: value })),
  );
  const shared = (['rounds', 'seed'] as const).map((name) =>
    numberField(name, '', (value) => change({ [name]: value })),
  );
  const a = variantFields('A', recipes, (part) => change({ a: { ...now.a, ...part } }));
  const b = variantFields('B', recipes, (part) => change({ b: { ...(now.b ?? defaultVariant), ...part } }));
  const compute = makeComputeField((value) => change({ compute: value }));
  const compare = element('input', { type: 'checkbox', id: 'pg-compare' });
  compare.addEventListener('change', () =>
    change({ b: compare.checked ? { ...now.a, recipe: otherThan(now.a) } : null }),
  );
  const form = element(
    'form',
    { class: 'pg-form', 'aria-label': 'Settings' },
    element(
      'fieldset',
      {},
      element('legend', {}, 'Data'),
      ...world.map(({ element: field }) => field),
      synthetic,
      choose,
      chooser,
      fileName,
      reading,
    ),
    element(
      'fieldset',
      {},
      element('legend', {}, 'Run'),
      ...shared.map(({ element: field }) => field),
      ...a.fields,
      ...compute.elements,
    ),
    element(
      'fieldset',
      {},
      element(
        'legend',
        {},
        element('label', { class: 'pg-check' }, compare, ' Compare with B (same data, same seed)'),
      ),
      ...b.fields,
    ),
  );
  form.addEventListener('submit', (event) => event.preventDefault());
  explainFields(form);
  return {
    element: form,
    show(configuration, name) {
      now = configuration;
      const isFile = configuration.data === 'file';
      for (const field of world) {
        field.element.hidden = isFile;
        field.show(configuration[field.name as 'users']);
      }
      for (const field of shared) field.show(configuration[field.name as 'rounds']);
      synthetic.hidden = !isFile;
      reading.hidden = !isFile;
      reading.value = configuration.reading;
      fileName.textContent = isFile
        ? visibleText(name ?? 'no file yet: drop it anywhere on this page')
        : 'or drop a file anywhere; it never leaves this page';
      a.show(configuration.a);
      compute.show(configuration.compute);
      compare.checked = configuration.b !== null;
      for (const field of b.fields) field.hidden = configuration.b === null;
      if (configuration.b) b.show(configuration.b);
    },
    hearOfGpu: compute.hear,
  };
}

/** Another recipe, so that a comparison shows something at once. */
function otherThan({ recipe }: Variant): string {
  return recipe === 'fedmf' ? 'fedtlrec' : 'fedmf';
}

function numberField(name: NumberName, prefix: string, onChange: (value: number | null) => void) {
  const [least, most] = limits[name];
  const step = name === 'dropout' || name === 'liars' ? 0.05 : name === 'epsilon' ? 'any' : 1;
  const input = element('input', {
    type: 'number',
    min: least,
    max: most,
    step,
    name: prefix + name,
    inputmode: 'decimal',
  });
  input.addEventListener('change', () => {
    const isEmpty = input.value.trim() === '';
    if (isEmpty && name !== 'epsilon') return;
    const value = Math.min(most, Math.max(least, Number(input.value)));
    onChange(isEmpty ? null : step === 1 ? Math.round(value) : value);
  });
  const label = `${prefix === '' ? '' : `${prefix.toUpperCase().replace('.', ' ')}`}${labels[name]}`;
  return {
    name,
    element: element('label', { class: 'pg-field' }, element('span', {}, label), input),
    show(value: number | null) {
      if (document.activeElement !== input || Number(input.value) !== value)
        input.value = value === null ? '' : String(value);
    },
  };
}

function variantFields(
  letter: 'A' | 'B',
  recipes: ControlsOptions['recipes'],
  onChange: (part: Partial<Variant>) => void,
) {
  const prefix = letter === 'A' ? '' : 'b.';
  const options = recipes.map(({ name, summary }) =>
    element('option', { value: name, title: summary }, name),
  );
  const recipe = element('select', { name: `${prefix}recipe` }, ...options);
  recipe.addEventListener('change', () => onChange({ recipe: recipe.value }));
  const numbers = (['rank', 'clusters', 'heads', 'dropout', 'epsilon', 'liars'] as const).map((name) =>
    numberField(name, prefix, (value) => onChange({ [name]: value })),
  );
  const codec = element(
    'select',
    { name: `${prefix}codec` },
    ...codecNames.map((name) => element('option', { value: name }, name)),
  );
  codec.addEventListener('change', () => onChange({ codec: codec.value as Codec }));
  const lead = letter === 'A' ? '' : 'B ';
  return {
    fields: [
      element('label', { class: 'pg-field pg-wide' }, element('span', {}, `${lead}Recipe`), recipe),
      ...numbers.map(({ element: field }) => field),
      element('label', { class: 'pg-field' }, element('span', {}, `${lead}Codec`), codec),
    ],
    show(variant: Variant) {
      recipe.value = variant.recipe;
      codec.value = variant.codec;
      for (const field of numbers) field.show(variant[field.name as keyof Omit<Variant, 'recipe' | 'codec'>]);
    },
  };
}
