// One user's ten best items, before anything was learnt and now. The item that the user took next, which was hidden from
// training, is marked wherever it stands.
import { TOP, type TracedTop } from '../../lib/trace/trace.ts';
import { element, write } from '../dom.ts';
import { grouped, short } from '../figures.ts';
import { panelTitles } from '../panel-titles.ts';
import type { SavedTable } from '../take/csv.ts';
import { focusPlace, type Panel, type PanelTools, type View } from '../view.ts';

export function listsPanel({ explainer }: PanelTools): Panel {
  let view: View;
  const before = listOf('Before');
  const now = listOf('Now');
  const rankBefore = explainer.number('Rank of the hidden item before', () =>
    explainRank(view, view.trace.start.top, 'before the first round'),
  );
  const rankNow = explainer.number('Rank of the hidden item now', () =>
    explainRank(view, topNow(view), 'now'),
  );
  const who = element('span');
  return {
    name: 'lists',
    title: panelTitles.lists,
    hint: "★ is the item this user took next. Nobody trained on it; good recommendations put it high up. A saved model is that of the best round on validation, so fedtlrec recommend may show another round's list.",
    body: [
      element('p', { class: 'fv-facts' }, who, ' ★ stands at rank ', rankBefore, ' → ', rankNow),
      element('div', { class: 'fv-lists' }, before.element, now.element),
    ],
    canvases: [],
    measure: () => {},
    inputs: ({ trace, known, focus }) => [trace.about, known.lists?.evaluation, focus],
    annotate(next) {
      view = next;
      const { about, start } = next.trace;
      const held = start.heldOut[next.focus] ?? -1;
      write(who, `Client ${about.ids[focusPlace(next)]}:`);
      write(rankBefore, rankText(start.top, next.focus));
      write(rankNow, rankText(topNow(next), next.focus));
      fill(before, next, start.top, held, null);
      fill(now, next, topNow(next), held, start.top);
      write(now.title, next.known.lists ? `Round ${next.known.lists.round.round}` : 'Now');
    },
    tables: tablesOf,
    lines: () => [`rank of the hidden item: ${rankBefore.textContent} before, ${rankNow.textContent} now`],
  };

  function listOf(name: string) {
    const title = element('h3', {}, name);
    const rows = Array.from({ length: TOP }, (_, place) => {
      const item = element('span', { class: 'fv-item' });
      const score = explainer.number(`${name}, place ${place + 1}: score`, () =>
        explainScore(view, name === 'Before' ? view.trace.start.top : topNow(view), place),
      );
      return { item, score, row: element('li', {}, item, score) };
    });
    const list = element('ol', { class: 'fv-list' }, ...rows.map(({ row }) => row));
    return { title, rows, element: element('div', {}, title, list) };
  }
}

/** Both lists beside each other. */
function tablesOf(view: View): SavedTable[] {
  const { about, start } = view.trace;
  const held = start.heldOut[view.focus] ?? -1;
  const cells = (top: TracedTop, place: number) => {
    const item = top.items[view.focus * TOP + place] ?? -1;
    if (item < 0) return ['', '', ''];
    return [about.items[item] ?? item, scoreAt(view, top, place), item === held ? 'yes' : 'no'];
  };
  const rows = Array.from({ length: TOP }, (_, place) => [
    place + 1,
    ...cells(start.top, place),
    ...cells(topNow(view), place),
  ]);
  const header = ['place', 'before', 'score', 'is hidden item', 'now', 'score', 'is hidden item'];
  return [{ name: `top ten of client ${about.ids[focusPlace(view)]}`, header, rows }];
}

type List = { readonly rows: readonly { item: HTMLElement; score: HTMLElement; row: HTMLElement }[] };

function topNow(view: View): TracedTop {
  return view.known.lists?.evaluation.top ?? view.trace.start.top;
}

function mixNow(view: View, top: TracedTop): number {
  return top === view.trace.start.top ? 0 : (view.known.lists?.evaluation.mix ?? 0);
}

function fill({ rows }: List, view: View, top: TracedTop, held: number, before: TracedTop | null): void {
  const { about } = view.trace;
  const start = view.focus * TOP;
  rows.forEach(({ item, score, row }, place) => {
    const number = top.items[start + place] ?? -1;
    const wasThere = before === null || before.items.subarray(start, start + TOP).includes(number);
    const isHeld = number >= 0 && number === held;
    write(item, number < 0 ? '–' : `${isHeld ? '★ ' : ''}${about.items[number] ?? number}`);
    write(score, number < 0 ? '' : short(scoreAt(view, top, place)));
    row.className = isHeld ? 'fv-held' : wasThere ? '' : 'fv-new';
  });
}

function scoreAt(view: View, top: TracedTop, place: number): number {
  const at = view.focus * TOP + place;
  return top.base[at]! + mixNow(view, top) * top.personal[at]!;
}

function rankText(top: TracedTop, focus: number): string {
  const rank = top.ranks[focus] ?? 0;
  return rank > 0 ? grouped(rank) : '–';
}

function explainScore(view: View, top: TracedTop, place: number) {
  const at = view.focus * TOP + place;
  const mix = mixNow(view, top);
  const [own, part] = [top.base[at]!, top.personal[at]!];
  return {
    formula: 'score' as const,
    live: `${short(own)} + ${short(mix)} · ${short(part)} = ${short(own + mix * part)}`,
  };
}

function explainRank(view: View, top: TracedTop, when: string) {
  const held = view.trace.start.heldOut[view.focus] ?? -1;
  const item = held >= 0 ? (view.trace.about.items[held] ?? held) : null;
  const live =
    item === null
      ? 'this user has too few ratings to be evaluated'
      : `item ${item}, ${when}: rank ${rankText(top, view.focus)} of ${grouped(view.trace.about.dataset.items)} items less those seen`;
  return { formula: 'rank' as const, live };
}
