// What "Save" does on the site: the button stands in a stepper, or after the table or the picture that it is about.
import { type SavedTable, tableOf } from '../../../viewer/take/csv.ts';
import { type Takeable, toggleTaking } from '../../../viewer/take/menu.ts';

/** Opens or closes the list of a button. */
export function openFor(button: HTMLElement): void {
  toggleTaking(button, () => takeable(button));
}

/** What a button is about, as it is now. */
export function takeable(button: HTMLElement): Takeable {
  const stepper = button.closest<HTMLElement>('.stepper');
  if (stepper) return takeableStepper(stepper);
  const before = button.previousElementSibling!;
  const place = before.querySelector('svg.picture') ?? before;
  const name = headingBefore(before);
  const tables = place instanceof HTMLTableElement ? [tableOf(place, name)] : [];
  return { name, place, tables };
}

function takeableStepper(place: HTMLElement): Takeable {
  const name = place.getAttribute('aria-label') ?? '';
  const position = place.querySelector('.controls label')?.textContent ?? '';
  const tables = Array.from(place.querySelectorAll('table'), (table) =>
    tableOf(table, table.caption?.textContent?.trim() || name),
  );
  return {
    ...{ name: `${name}, ${position}`, place },
    tables: tables.length > 0 ? tables : [valuesOf(place, name)],
    others: [
      ['Copy link', () => navigator.clipboard.writeText(location.href)],
      ['Copy HTML for an iframe', () => navigator.clipboard.writeText(frameOf(place))],
    ],
  };
}

/** A stepper that draws bars or cells has their numbers as JSON beside the drawing. */
function valuesOf(place: HTMLElement, name: string): SavedTable {
  const { header = ['sentence'], rows = [[place.querySelector('.caption')?.textContent?.trim() ?? '']] } =
    JSON.parse(
      place.querySelector<HTMLElement>('[data-values]')?.dataset.values ?? '{}',
    ) as Partial<SavedTable>;
  return { name, header, rows };
}

/** What a page of somebody else's needs; see docs/embedding.md. */
function frameOf(place: HTMLElement): string {
  const base = location.pathname.replace(/(lessons|embed)\/.*$/, '');
  const address = `${location.origin}${base}embed/${place.dataset.name}.html${location.search}`;
  const title = (place.getAttribute('aria-label') ?? '').replaceAll('"', '&quot;');
  return `<iframe src="${address.replaceAll('&', '&amp;')}" title="${title}" style="width: 100%; border: 0" height="${Math.ceil(place.offsetHeight + 60)}" loading="lazy"></iframe>`;
}

/** The nearest heading above, as a name. */
function headingBefore(element: Element): string {
  const page = (document.querySelector('h1')?.firstChild?.textContent ?? document.title).trim();
  let found = '';
  for (const heading of document.querySelectorAll('.vp-doc h2, .vp-doc h3')) {
    if (heading.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)
      found = heading.firstChild?.textContent?.trim() ?? '';
  }
  return found === '' ? page : `${page}, ${found}`;
}
