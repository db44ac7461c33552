// The report's page: a table of results, the viewer on the run's own data, how it was configured and how to repeat it.
// In: JSON and packed traces inside the page itself; out: the page. Nothing is loaded from anywhere.

import { visibleText } from '../lib/data/visible-text.ts';
import type { ReportData, ReportTable } from '../lib/node/report.ts';
import { decodeTrace } from '../lib/trace/trace-file.ts';
import { button, element } from './dom.ts';
import type { Sources } from './formulas.ts';
import { themeAround, watchTheme } from './palette.ts';
import { savePicture, saveTrace } from './save.ts';
import { cueScrolling } from './scroll-cue.ts';
import { explainTerms } from './term-help.ts';
import type { Run } from './view.ts';
import { mountViewer, type Viewer } from './viewer.ts';

async function show(): Promise<void> {
  const data = JSON.parse(document.getElementById('report-data')!.textContent!) as ReportData;
  const main = document.getElementById('report')!;
  const place = element('div', { id: 'viewer' });
  main.append(
    element('header', {}, element('h1', {}, visibleText(data.title)), themeSwitch(main)),
    factsOf(data),
    ...data.tables.map(tableOf),
    place,
    element('h2', {}, 'How to repeat it'),
    element('pre', { class: 'commands', tabindex: 0 }, data.commands.map(visibleText).join('\n')),
    element('details', {}, element('summary', {}, 'Configuration'), configurationOf(data)),
  );
  followTheme(main);
  const runs: Run[] = [];
  for (const { label, packed } of data.traces) runs.push({ label, trace: decodeTrace(await unpack(packed)) });
  if (runs.length > 0) {
    const viewer = mountViewer(place, runs, { sources: data.sources as Sources });
    place.before(saveButtons(viewer, runs));
  }
  fitPaper(main);
  explainTerms();
  cueScrolling('.scroller');
  document.documentElement.dataset.ready = 'true';
}

async function unpack(packed: string): Promise<Uint8Array> {
  const zipped = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function factsOf({ facts }: ReportData): HTMLElement {
  return element(
    'dl',
    {},
    ...facts.flatMap(([label, text]) => [element('dt', {}, label), element('dd', {}, visibleText(text))]),
  );
}

function tableOf({ caption, header, rows, note }: ReportTable): HTMLElement {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row.map((cell, at) =>
      element(
        at === 0 ? 'th' : tag,
        { scope: at === 0 && tag === 'td' ? 'row' : undefined },
        visibleText(cell),
      ),
    );
  const table = element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...cells(header, 'th'))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...cells(row, 'td')))),
  );
  const scroller = element(
    'div',
    { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': caption },
    table,
  );
  const save = button('Save', `Save: ${caption}`, async () => {
    const { toggleTaking } = await import('./take/menu.ts');
    const { tableOf: cellsOf } = await import('./take/csv.ts');
    toggleTaking(save, () => ({ name: caption, place: table, tables: [cellsOf(table, caption)] }));
  });
  save.className = 'take';
  save.setAttribute('aria-expanded', 'false');
  return element('div', {}, scroller, save, note ? element('p', { class: 'note' }, note) : null);
}

function configurationOf({ configuration }: ReportData): HTMLElement {
  const rows = Object.entries(configuration).map(([name, value]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      element('td', {}, value === null ? 'off' : String(value)),
    ),
  );
  return element(
    'div',
    { class: 'scroller', tabindex: 0 },
    element('table', { class: 'configuration' }, element('tbody', {}, ...rows)),
  );
}

/** Saves the run that is looked at. */
function saveButtons(viewer: Viewer, runs: readonly Run[]): HTMLElement {
  const save = (text: string, hint: string, how: (viewer: Viewer, run: Run) => void) => {
    const made = element('button', { type: 'button', title: hint }, text);
    made.addEventListener('click', () => how(viewer, runs[viewer.choice.run]!));
    return made;
  };
  return element(
    'div',
    { class: 'save' },
    save('Save trace', 'The run as it is kept here, as a file for Python or the library', (_, run) =>
      saveTrace(run),
    ),
    save('Save picture', 'All panels as they are now, as a PNG', savePicture),
  );
}

function themeSwitch(main: HTMLElement): HTMLElement {
  const made = element('button', { type: 'button', class: 'fv-button' }, 'Light / dark');
  made.addEventListener('click', () => {
    document.documentElement.dataset.theme = themeAround(main) === 'dark' ? 'light' : 'dark';
  });
  return made;
}

/** Paper is light, and what is folded on screen is whole on it. */
function fitPaper(main: HTMLElement): void {
  const root = document.documentElement;
  let before: { theme: string | undefined; folded: HTMLDetailsElement[] } | null = null;
  addEventListener('beforeprint', () => {
    before = {
      theme: root.dataset.theme,
      folded: [...main.querySelectorAll('details:not([open])')] as HTMLDetailsElement[],
    };
    root.dataset.theme = 'light';
    for (const details of before.folded) details.open = true;
  });
  addEventListener('afterprint', () => {
    if (!before) return;
    if (before.theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = before.theme;
    for (const details of before.folded) details.open = false;
    before = null;
  });
}

function followTheme(main: HTMLElement): void {
  const take = () => {
    document.documentElement.dataset.fvTheme = themeAround(main);
  };
  take();
  watchTheme(take);
}

void show();
