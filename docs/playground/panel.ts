// One panel of the playground by itself, for a page that somebody embeds. The address says what is run, in the playground's own
// words, and which round is shown first: `?clusters=4&dropout=0.5&round=8&phase=cluster`.
import { visibleText } from '../../lib/data/visible-text.ts';
import { type Phase, phases } from '../../lib/trace/moments.ts';
import { recipeCatalogue } from '../../lib/training/recipes.ts';
import { element, mountViewer, styleSheet, type Viewer } from '../../viewer/index.ts';
import { fromHash } from './configuration.ts';
import type { PlaygroundOptions } from './playground.ts';
import { Session, type SessionEvents } from './session.ts';
import { Workers } from './workers.ts';

export interface PanelOptions extends PlaygroundOptions {
  /** Which one; see viewer/panel-titles.ts. */
  readonly panel: string;
}

/** Runs a federation and shows one panel of it; returns how to take it away. */
export function mountPanel(place: HTMLElement, options: PanelOptions): { remove(): void } {
  const names = recipeCatalogue.map(({ name }) => name);
  const { configuration, position } = fromHash(location.search.replace(/^\?/, '#'), names);
  const status = element('p', { class: 'fv-themed', 'aria-live': 'polite' }, 'Preparing …');
  place.append(element('style', {}, styleSheet), status);
  const workers = new Workers(options.makeWorker);
  let viewer: Viewer | null = null;
  const show = (session: Session) => {
    viewer?.setRuns(session.runs, true);
    if (session.isRunning) return;
    const phase = position.get('phase') as Phase | null;
    if (phase && phases.includes(phase) && viewer)
      viewer.goToMoment({ ...viewer.moment, phase, step: Number(position.get('step') ?? 0) });
    position.delete('phase');
  };
  const cannot = (reason: string) => {
    status.textContent = `This cannot be shown: ${visibleText(reason)}.`;
    place.append(status);
  };
  const events: SessionEvents = {
    onBegun(begun) {
      status.remove();
      viewer = mountViewer(place, begun.runs, {
        ...{ sources: options.sources, sourceLink: options.sourceLink, live: begun, only: [options.panel] },
      });
      place.dataset.state = 'ready';
      const round = Number(position.get('round') ?? 0);
      if (round > 0) begun.runUntil(round);
    },
    onRound: show,
    onFailed: cannot,
    onGpu: () => {},
  };
  let session: Session | null = null;
  try {
    session = new Session({ ...configuration, data: 'synthetic' }, null, workers, events);
  } catch (error) {
    cannot(`no worker may start here (${(error as Error).message})`); // a frame without an origin of its own
  }
  return {
    remove() {
      session?.end();
      workers.end();
      viewer?.remove();
    },
  };
}
