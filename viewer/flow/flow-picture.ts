// The flow picture on a page: eight stations that follow the frames; each opens, and messages fly between them.
// In: frames, one after the other; out: an element. It keeps nothing but which station is open.
import { element } from '../dom.ts';
import { wantsNoMotion } from '../motion.ts';
import { colourOf } from './drawing.ts';
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

type Name = (typeof stations)[number]['name'];

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
  private readonly shown = new Map<Element, string>();
  private readonly detail = element('section', { class: 'flow-detail' });
  private open: Station | null = null;
  private frame: FlowFrame;

  constructor(frame: FlowFrame, options: FlowOptions) {
    this.options = options;
    this.frame = frame;
    this.element.innerHTML = stationsHtml(frame);
    this.element.append(this.air);
    for (const station of stations) {
      const button = this.element.querySelector<HTMLButtonElement>(`[data-name=${station.name}]`)!;
      button.addEventListener('click', () => this.toggle(this.open === station ? null : station));
      this.buttons.set(station.name, button);
    }
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.open) return;
      this.buttons.get(this.open.name)!.focus();
      this.toggle(null);
    });
  }

  /** Shows a frame; `flies`: messages move, because the phase has just begun. */
  show(frame: FlowFrame, flies = false): void {
    this.frame = frame;
    for (const station of stations) {
      const button = this.buttons.get(station.name)!;
      button.toggleAttribute('data-at-work', isAtWork(station, frame));
      this.write(button.querySelector('svg')!, station.draw(frame));
      const figure = button.querySelector('.flow-figure')!;
      const text = station.figure(frame);
      if (figure.textContent !== text) figure.textContent = text;
    }
    if (this.open) this.fill(this.open);
    if (flies && frame.phase && !wantsNoMotion()) this.fly(frame);
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
    if (this.shown.get(this.detail) === key) return;
    this.shown.set(this.detail, key);
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

  private write(target: Element, inside: string): void {
    if (this.shown.get(target) === inside) return;
    this.shown.set(target, inside);
    target.innerHTML = inside;
  }

  /** A parcel for each client that is there, in its colour. */
  private fly({ phones, phase }: FlowFrame): void {
    this.air.replaceChildren();
    const home = this.air.getBoundingClientRect();
    const middle = (name: string) => {
      const { left, top, width, height } = this.buttons
        .get(name as Name)!
        .querySelector('svg')!
        .getBoundingClientRect();
      return { x: left - home.left + width / 2, y: top - home.top + height / 2, width, height };
    };
    (flights[phase!] ?? []).forEach(([from, to], leg) => {
      const [start, end] = [middle(from), middle(to)];
      phones.forEach(({ isPresent, colour }, at) => {
        const goesDown = to === 'phones';
        if (!isPresent && !goesDown) return; // who is absent sends nothing, but is served
        const parcel = element('i', { class: 'flow-parcel' });
        parcel.style.background = colour < 0 ? 'var(--flow-accent)' : colourOf(colour);
        this.air.append(parcel);
        const spot = { x: (((at % 6) - 2.5) / 6) * 0.96, y: (Math.floor(at / 6) - 0.5) * 0.46 };
        const place = (box: typeof start, spreads: boolean) =>
          `translate(${box.x - 5 + (spreads ? spot.x * box.width : 0)}px, ${box.y - 4 + (spreads ? spot.y * box.height : 0)}px)`;
        const [first, last] = [place(start, from === 'phones'), place(end, goesDown)];
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
}

function linkElement({ text, to }: FlowLink): HTMLElement {
  if (typeof to === 'string') return element('a', { href: to }, text);
  const made = element('button', { type: 'button', class: 'flow-button' }, text);
  made.addEventListener('click', to);
  return made;
}
