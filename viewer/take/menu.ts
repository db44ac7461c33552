// What a reader takes away of a chart or a table: SVG, PNG, CSV. The same small list of buttons on the site, in the playground and
// in reports; all is made in the page, and nothing leaves it.
import { element } from '../dom.ts';
import { offer } from '../offer.ts';
import { csvOf, type SavedTable } from './csv.ts';
import { svgOf, type WrittenCanvas } from './svg.ts';

export interface Takeable {
  /** What it is called; files are named after it. */
  readonly name: string;
  readonly place: Element;
  readonly tables: readonly SavedTable[];
  readonly canvases?: WrittenCanvas;
  /** More to take than files: a link, say. */
  readonly others?: readonly (readonly [text: string, how: () => void | Promise<void>])[];
}

/** Opens the list after its button, or closes it; `what` is asked when something is taken. */
export function toggleTaking(opener: HTMLElement, what: () => Takeable): void {
  const open = opener.nextElementSibling;
  if (open?.classList.contains('take-choices')) {
    open.remove();
    opener.setAttribute('aria-expanded', 'false');
    return;
  }
  const { tables, others = [] } = what();
  const close = () => {
    list.remove();
    opener.setAttribute('aria-expanded', 'false');
    opener.focus();
  };
  const done = element('span', { role: 'status' });
  const choice = (text: string, how: () => void | Promise<void>) => {
    const made = element('button', { type: 'button', class: 'take-choice' }, text);
    made.addEventListener('click', async () => {
      await how();
      done.textContent = ` ${text}: done`;
    });
    return made;
  };
  const csv = tables.map((table, at) =>
    choice(tables.length > 1 ? `CSV: ${table.name}` : 'CSV', () => {
      const now = what().tables[at] ?? table;
      offer(`${fileName(now.name)}.csv`, new Blob([csvOf(now)], { type: 'text/csv' }));
    }),
  );
  const list = element(
    'span',
    { class: 'take-choices', role: 'group', 'aria-label': 'Save as' },
    choice('SVG', () => offer(`${fileName(what().name)}.svg`, svgBlob(drawingOf(what())))),
    choice('PNG', async () => offer(`${fileName(what().name)}.png`, await pngOf(drawingOf(what())))),
    ...csv,
    ...others.map(([text, how]) => choice(text, how)),
    done,
  );
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  });
  opener.after(list);
  opener.setAttribute('aria-expanded', 'true');
  (list.firstElementChild as HTMLElement).focus();
}

/** It as an SVG file. */
export function drawingOf({ place, canvases }: Takeable): string {
  return svgOf(place, canvases);
}

function svgBlob(drawing: string): Blob {
  return new Blob([drawing], { type: 'image/svg+xml' });
}

/** The same in pixels, two for one. */
async function pngOf(drawing: string): Promise<Blob> {
  const address = URL.createObjectURL(svgBlob(drawing));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = element('canvas', { width: 2 * image.width, height: 2 * image.height });
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large'))));
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** A name that every system takes for a file's. */
function fileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return plain.slice(0, 60) || 'table';
}
