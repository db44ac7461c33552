// The flow picture on a page: eight stations that follow the frames; each opens, and messages fly between them.
// In: frames, one after the other; out: an element. It keeps nothing but which station is open.
import { element, write } from '../dom.ts';
import { wantsNoMotion } from '../motion.ts';
import { colourOf } from './drawing.ts';
import { Drawing } from './drawing-in-place.ts';
import type { FlowFrame } from './flow-frame.ts';
import { detailHtml, stationsHtml } from './flow-html.ts';
import { isAtWork, type Station, stations } from './stations.ts';

export interface FlowLink {
  readonly text: string;
  /** An address, or something to do. */
  readonly to: string | (() => void);
}

export interface FlowOptions {
  /** Where an open station leads on to. */
  readonly links: (station: Station, frame: FlowFrame) => readonly FlowLink[];
}

/** Milliseconds that the frame before has to have stayed: whoever scrubs sees phases pass by, and no flight would get far. */
const REST = 200;

/** From where to where things fly when a phase begins, one after the other. */
const flights: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  send: [['phones', 'message']],
  broadcast: [
    ['message', 'sum'],
    ['sum', 'table'],
    ['table', 'phones'],
  ],
  cluster: [
    ['message', 'tokens'],
    ['tokens', 'groups'],
  ],
  attend: [
    ['tokens', 'attention'],
    ['attention', 'phones'],
  ],
  evaluate: [['phones', 'list']],
};

export class FlowPicture {
  readonly element = element('div', { class: 'flow-picture' });
  private readonly options: FlowOptions;
  private readonly air = element('div', { class: 'flow-air', 'aria-hidden': 'true' });
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly drawings = new Map<string, Drawing>();
  private said = '';
  private readonly detail = element('section', { class: 'flow-detail' });
  private open: Station | null = null;
  private frame: FlowFrame;
  private shownAt = -Infinity;

  constructor(frame: FlowFrame, options: FlowOptions) {
    this.options = options;
    this.frame = frame;
    this.element.innerHTML = stationsHtml(frame);
    this.element.append(this.air);
    for (const station of stations) {
      const button = this.element.querySelector<HTMLButtonElement>(`[data-name=${station.name}]`)!;
      button.addEventListener('click', () => this.toggle(this.open === station ? null : station));
      this.buttons.set(station.name, button);
      this.drawings.set(station.name, new Drawing(button.querySelector('svg')!));
    }
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.open) return;
      this.buttons.get(this.open.name)!.focus();
      this.toggle(null);
    });
  }

  /** Shows a frame; `flies`: messages move, because the phase has just begun. */
  show(frame: FlowFrame, flies = false): void {
    const before = this.frame;
    this.frame = frame;
    for (const station of stations) {
      const button = this.buttons.get(station.name)!;
      button.toggleAttribute('data-at-work', isAtWork(station, frame));
      if (station.reads.every((part) => Object.is(frame[part], before[part]))) continue;
      this.drawings.get(station.name)!.show(station.draw(frame));
      write(button.querySelector('.flow-figure')!, station.figure(frame));
    }
    if (this.open) this.fill(this.open);
    const hasRested = performance.now() - this.shownAt > REST;
    this.shownAt = performance.now();
    if (flies && hasRested && frame.phase && !wantsNoMotion()) this.fly(frame);
  }

  /** Opens a station's numbers, or closes them. */
  toggle(station: Station | null): void {
    this.open = station;
    for (const { name } of stations)
      this.buttons.get(name)!.setAttribute('aria-expanded', String(name === station?.name));
    this.detail.remove();
    if (!station) return;
    this.detail.dataset.of = station.name;
    this.detail.setAttribute('aria-label', station.title);
    this.buttons.get(station.name)!.after(this.detail);
    this.fill(station);
  }

  private fill(station: Station): void {
    const inside = detailHtml(station, this.frame);
    const links = this.options.links(station, this.frame);
    const key = inside + links.map(({ text, to }) => text + (typeof to === 'string' ? to : '')).join();
    if (this.said === key) return;
    this.said = key;
    const hadFocus = this.detail.contains(document.activeElement);
    const close = element('button', { type: 'button', class: 'flow-button' }, 'Close');
    close.addEventListener('click', () => {
      this.buttons.get(station.name)!.focus();
      this.toggle(null);
    });
    this.detail.innerHTML = inside;
    this.detail.prepend(element('header', {}, element('strong', {}, station.title), close));
    this.detail.lastElementChild!.append(
      element('p', {}, ...links.flatMap((link, at) => [at > 0 ? ' · ' : null, linkElement(link)])),
    );
    if (hadFocus) close.focus();
  }

  /** A parcel for each client that is there, in its colour. */
  private fly({ phones, phase }: FlowFrame): void {
    const legs = (flights[phase!] ?? []).map((leg) => leg.map((name) => this.middleOf(name)));
    this.air.replaceChildren(); // after all has been measured: the page is laid out once
    legs.forEach(([start, end], leg) => {
      const [from, to] = flights[phase!]![leg]!;
      phones.forEach(({ isPresent, colour }, at) => {
        const goesDown = to === 'phones';
        if (!isPresent && !goesDown) return; // who is absent sends nothing, but is served
        const parcel = element('i', { class: 'flow-parcel' });
        parcel.style.background = colour < 0 ? 'var(--flow-accent)' : colourOf(colour);
        this.air.append(parcel);
        const first = placeIn(start!, at, from === 'phones');
        const last = placeIn(end!, at, goesDown);
        const flight = parcel.animate(
          [
            { transform: first, opacity: 0 },
            { transform: first, opacity: 1, offset: 0.1 },
            { transform: last, opacity: 1, offset: 0.9 },
            { transform: last, opacity: 0 },
          ],
          { duration: 900, delay: 850 * leg + 25 * at, easing: 'ease-in-out' },
        );
        flight.onfinish = () => parcel.remove();
      });
    });
  }

  private middleOf(name: string): Spot {
    const home = this.air.getBoundingClientRect();
    const drawing = this.buttons.get(name)!.querySelector('svg')!;
    const { left, top, width, height } = drawing.getBoundingClientRect();
    return { x: left - home.left + width / 2, y: top - home.top + height / 2, width, height };
  }
}

interface Spot {
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a phone's parcel is at a station: in its middle, or where the phone is drawn. */
function placeIn({ x, y, width, height }: Spot, phone: number, spreads: boolean): string {
  const across = spreads ? (((phone % 6) - 2.5) / 6) * 0.96 * width : 0;
  const down = spreads ? (Math.floor(phone / 6) - 0.5) * 0.46 * height : 0;
  return `translate(${x - 5 + across}px, ${y - 4 + down}px)`;
}

function linkElement({ text, to }: FlowLink): HTMLElement {
  if (typeof to === 'string') return element('a', { href: to }, text);
  const made = element('button', { type: 'button', class: 'flow-button' }, text);
  made.addEventListener('click', to);
  return made;
}
