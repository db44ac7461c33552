// The flow picture as HTML text, for pages that are written before anybody reads them, and for the program that moves it.
import { momentName } from '../story.ts';
import { escaped, svg } from './drawing.ts';
import { factsOf } from './facts.ts';
import type { FlowFrame } from './flow-frame.ts';
import { isAtWork, type Station, stations } from './stations.ts';

/** All stations at a moment. */
export function stationsHtml(frame: FlowFrame): string {
  const buttons = stations.map((station, at) => {
    const { name, title, where } = station;
    const atWork = isAtWork(station, frame) ? ' data-at-work' : '';
    return `<button type="button" class="flow-station" data-name="${name}" aria-expanded="false"${atWork}><span class="flow-title"><span>${at + 1} ${title}</span> <span class="flow-where">${where}</span></span><span class="flow-drawing">${svg(station.draw(frame))}</span><span class="flow-figure">${escaped(station.figure(frame))}</span></button>`;
  });
  return `<div class="flow-stations" role="group" aria-label="A round of federated training, station by station">${buttons.join('')}</div>`;
}

/** The bar of the start page: play, back, step, and what happens. */
export function barHtml(frame: FlowFrame): string {
  return `<div class="flow-bar" role="group" aria-label="Move through the round"><button type="button" class="flow-button flow-play">▶ Play</button><button type="button" class="flow-button flow-back" aria-disabled="true">‹ Back</button><button type="button" class="flow-button flow-step">Step ›</button><p class="flow-story"><span class="flow-moment">${escaped(nameOf(frame))}</span><span class="flow-said">${escaped(frame.story)}</span></p><span class="flow-quiet" role="status"></span></div>`;
}

export function nameOf({ round, phase, step }: FlowFrame): string {
  return momentName({ place: round - 1, round, phase, step });
}

/** What an open station says: its drawing again, larger, a sentence, its numbers. */
export function detailHtml(station: Station, frame: FlowFrame): string {
  const { note, header, rows } = factsOf[station.name]!(frame);
  const cells = (texts: readonly string[], tag: 'th' | 'td') =>
    texts
      .map((text, at) =>
        at === 0 && tag === 'td'
          ? `<th scope="row">${escaped(text)}</th>`
          : `<${tag}>${escaped(text)}</${tag}>`,
      )
      .join('');
  const table =
    rows.length === 0
      ? ''
      : `<div class="flow-numbers" tabindex="0" role="region" aria-label="Numbers of the station ${station.title}"><table><thead><tr>${cells(header, 'th')}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`;
  return `<div>${svg(station.draw(frame))}</div><div><p>${escaped(station.about)}</p><p>${escaped(note)}</p>${table}</div>`;
}
