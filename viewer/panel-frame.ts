// What stands around a panel: its title, its lesson, one sentence, and the button that takes its picture and numbers away.
import { button, element } from './dom.ts';
import { lessonOfPanel, lessonPages } from './lessons.ts';
import { sheetOf } from './sheet.ts';
import type { Takeable } from './take/menu.ts';
import type { Panel, View } from './view.ts';

export interface PanelFrameOptions {
  /** The address of a lesson, from its page. Without it, the lesson is named without a link. */
  readonly lessonLink?: (page: string) => string;
  /** Brings the page up to date, and says what it shows. */
  readonly viewNow: () => View;
}

export function panelFrame(panel: Panel, { lessonLink, viewNow }: PanelFrameOptions): HTMLElement {
  const id = `fv-${panel.name}-title`;
  const save = button('Save', `Save: ${panel.title}`, async () => {
    const menu = await import('./take/menu.ts').catch(() => null);
    save.textContent = menu ? 'Save' : 'Save: no network';
    menu?.toggleTaking(save, () => takeable(panel, section, viewNow()));
  });
  save.className = 'take';
  save.setAttribute('aria-expanded', 'false');
  const title = element('h2', { id }, panel.title);
  const section = element(
    'section',
    { class: `fv-panel fv-panel-${panel.name}`, 'aria-labelledby': id, tabindex: -1 },
    element('div', { class: 'fv-head' }, title, lessonMark(panel, lessonLink), save),
    element('p', { class: 'fv-hint' }, panel.hint),
    ...panel.body,
  );
  return section;
}

/** Which lesson explains a panel. */
function lessonMark({ name }: Panel, lessonLink: PanelFrameOptions['lessonLink']): HTMLElement {
  const lesson = lessonOfPanel[name]!;
  const [page] = lessonPages[lesson - 1]!;
  const text = `lesson ${lesson}`;
  return lessonLink
    ? element('a', { class: 'fv-lesson', href: lessonLink(page) }, text)
    : element('span', { class: 'fv-lesson' }, text);
}

/** A panel as it is now: its strokes written down, its numbers as tables. */
function takeable(panel: Panel, place: Element, view: View): Takeable {
  const sheets = panel.canvases.map((canvas) => sheetOf(canvas)!);
  for (const sheet of sheets) sheet.beginWriting();
  panel.draw?.(view);
  const written = new Map(sheets.map((sheet) => [sheet.canvas, sheet.endWriting()]));
  return {
    name: `${panel.title}, round ${view.known.moment.round}`,
    place,
    tables: panel.tables(view),
    canvases: (canvas) => written.get(canvas) ?? null,
  };
}
