// Before the class: the code, and ten films picked from the list or read from a file of one's own. In: the class; out: what was
// chosen. Nothing is sent until the button is pressed, and then only the code.
import type { ClassFacts, ItemEntry } from '../../lib/classroom/class-facts.ts';
import { heldOut } from '../../lib/classroom/home-data.ts';
import type { HomeRatings } from '../../lib/classroom/home-record.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { element } from '../dom.ts';
import { counted } from './words.ts';

export interface Picked {
  readonly code: string;
  readonly ratings: HomeRatings;
  /** Every film that was picked, those held out at home included. */
  readonly chosen: readonly number[];
  readonly givesFigures: boolean;
  /** Whether draws come from a seed of this device's own. */
  readonly hasOwnSeed: boolean;
}

const ENOUGH = 10;
const FEWEST = 3;
/** Films shown at a time; the search finds the others. */
const MOST_SHOWN = 300;

export function pickForm(
  facts: ClassFacts,
  code: string,
  problem: string,
  onPicked: (picked: Picked) => void,
): HTMLElement {
  const chosen = new Set<number>(remembered);
  const list = element('ul', { class: 'films', 'aria-label': 'films' });
  const count = element('span', { id: 'count', 'aria-live': 'polite' });
  const go = element('button', { type: 'submit', class: 'primary' }, 'Take part');
  const codeField = element('input', {
    type: 'text',
    name: 'code',
    value: code,
    autocomplete: 'off',
    autocapitalize: 'off',
    required: true,
  });
  const search = element('input', {
    type: 'search',
    name: 'search',
    placeholder: 'search',
    'aria-label': 'search the films',
  });
  const figures = element('input', { type: 'checkbox', name: 'figures', checked: true });
  const ownSeed = element('input', { type: 'checkbox', name: 'own-seed' });
  const file = element('input', { type: 'file', name: 'file', accept: '.csv,.txt,.dat,.tsv,text/*' });
  const problemLine = element('p', { class: 'card alert', role: 'alert', hidden: problem === '' }, problem);
  const complain = (text: string) => {
    problemLine.textContent = text;
    problemLine.hidden = text === '';
  };
  const show = () => {
    count.textContent = `${counted(chosen.size, 'film')} picked${chosen.size < ENOUGH ? `: ${FEWEST} are enough, ${ENOUGH} are better` : ''}`;
    go.disabled = chosen.size < FEWEST;
    remembered = [...chosen];
  };
  const fill = () =>
    list.replaceChildren(
      ...matching(facts.items, search.value, chosen).map((item) => filmRow(facts.items, item, chosen, show)),
    );
  search.addEventListener('input', fill);
  file.addEventListener('change', () => {
    const [given] = file.files ?? [];
    void given?.text().then((text) => {
      const found = filmsIn(text, facts.items);
      complain(
        found.length === 0
          ? `${given.name} names none of the films of this class, such as “${facts.items[0]!.title}”`
          : '',
      );
      for (const item of found) chosen.add(item);
      fill();
      show();
    });
  });
  const form = element(
    'form',
    {},
    element('h1', {}, 'Train a recommender together'),
    element(
      'p',
      {},
      'Pick films that you like. The list stays on this device; it trains here, and only updates leave.',
    ),
    problemLine,
    element('label', { class: 'field' }, 'Code of the class', codeField),
    search,
    list,
    element('p', { class: 'row' }, count),
    element('label', { class: 'field soft' }, 'or a file of yours: a title or id a line ', file),
    element(
      'label',
      { class: 'check' },
      figures,
      'Tell the class my loss, and how high a film that I hold out is ranked here. Two of your films are then not trained on.',
    ),
    element(
      'label',
      { class: 'check' },
      ownSeed,
      'Draw the films that hide mine from a seed of this device, which the server cannot derive. The run can then not be repeated by a simulation.',
    ),
    go,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const items = Uint32Array.from(chosen);
    const rng = randomStream(1, 'split', crypto.getRandomValues(new Uint32Array(1))[0]!);
    const ratings = heldOut({ items, ordered: false }, figures.checked, rng);
    go.disabled = true;
    onPicked({
      ...{ code: codeField.value.trim(), ratings, chosen: [...chosen] },
      ...{ givesFigures: figures.checked, hasOwnSeed: ownSeed.checked },
    });
  });
  fill();
  show();
  return form;
}

let remembered: number[] = []; // what was picked before a wrong code

function filmRow(
  items: readonly ItemEntry[],
  item: number,
  chosen: Set<number>,
  onChange: () => void,
): HTMLElement {
  const box = element('input', { type: 'checkbox', value: item, checked: chosen.has(item) });
  box.addEventListener('change', () => {
    if (box.checked) chosen.add(item);
    else chosen.delete(item);
    onChange();
  });
  return element('li', {}, element('label', {}, box, items[item]!.title));
}

/** Those that the search finds; without one, the picked ones first. */
function matching(items: readonly ItemEntry[], search: string, chosen: ReadonlySet<number>): number[] {
  const wanted = search.trim().toLowerCase();
  const all = Array.from(items.keys());
  if (wanted === '') return [...chosen, ...all.filter((item) => !chosen.has(item))].slice(0, MOST_SHOWN);
  return all.filter((item) => items[item]!.title.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
}

/** The films that a text names, by id or title: a line each, or anywhere between commas, bars and tabs. */
export function filmsIn(text: string, items: readonly ItemEntry[]): number[] {
  const numberOf = new Map<string, number>();
  items.forEach(({ id, title }, item) => {
    numberOf.set(title.toLowerCase(), item);
    if (!numberOf.has(id.toLowerCase())) numberOf.set(id.toLowerCase(), item);
  });
  const found = new Set<number>();
  for (const line of text.split(/\r\n|\n|\r/)) {
    const words = [line, ...line.split(/[|\t;]|::|,(?=(?:[^"]*"[^"]*")*[^"]*$)/)];
    const known = words.map((word) => numberOf.get(word.trim().replace(/^"|"$/g, '').toLowerCase()));
    const first = known.find((item) => item !== undefined);
    if (first !== undefined) found.add(first);
  }
  return [...found];
}
