// The flow picture above the panels: the same that the start page shows, of the run and the moment on screen. Its stations open, and
// lead on to the panel and the lesson.
import type { Moment } from '../../lib/trace/moments.ts';
import { element } from '../dom.ts';
import { lessonPages } from '../lessons.ts';
import type { View } from '../view.ts';
import { attentionLink } from './attention-link.ts';
import type { FlowFrame } from './flow-frame.ts';
import { type FlowLink, FlowPicture } from './flow-picture.ts';
import { flowFrame } from './frame-of.ts';
import type { Station } from './stations.ts';

export interface OverviewOptions {
  readonly openPanel: (name: string) => void;
  readonly titleOf: (panel: string) => string;
  readonly lessonLink?: (page: string) => string;
}

export class Overview {
  readonly element = element('div', { class: 'flow' });
  private readonly options: OverviewOptions;
  private picture: FlowPicture | null = null;
  private before: readonly unknown[] = [];
  private moment: Moment | null = null;

  constructor(options: OverviewOptions) {
    this.options = options;
  }

  /** Draws a frame; `isSlow`: there is time for messages to fly. */
  show({ trace, known: { moment }, focus, head }: View, isSlow: boolean): void {
    const inputs = [trace.about, trace.rounds[moment.place], moment.phase, moment.step, focus, head];
    if (inputs.every((input, at) => Object.is(input, this.before[at]))) return;
    const [begins, was] = [isNext(this.moment, moment), this.before.length > 0];
    this.before = inputs;
    this.moment = moment;
    const frame = flowFrame(trace, moment, { focus, head });
    if (this.picture === null) {
      this.picture = new FlowPicture(frame, { links: (station, of) => this.links(station, of) });
      this.element.append(this.picture.element);
    }
    this.picture.show(frame, was && begins && isSlow);
  }

  private links({ panel, lesson, name }: Station, frame: FlowFrame): FlowLink[] {
    const { openPanel, titleOf, lessonLink } = this.options;
    const [page, title] = lessonPages[lesson - 1]!;
    const data = name === 'tokens' || name === 'attention' ? attentionLink(frame) : '';
    const more = { text: `Panel: ${titleOf(panel)}`, to: () => openPanel(panel) };
    if (!lessonLink) return [more];
    const text = `Lesson ${lesson}: ${title}${data === '' ? '' : ', with these clients'}`;
    return [more, { text, to: lessonLink(page) + data }];
  }
}

/** Whether a phase has begun by going on, not by jumping or going back. */
function isNext(before: Moment | null, { place, phase }: Moment): boolean {
  if (before === null || phase === before.phase) return false;
  return place === before.place || place === before.place + 1;
}
