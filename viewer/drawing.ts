// Draws no more than is needed: once a screen refresh, what has changed, and what somebody can see first.
// In: the panels and their places; out: all of them show the latest view, one frame after the last change at the latest.
import { OnScreen } from './on-screen.ts';
import type { Panel, View } from './view.ts';

export interface Stage {
  /** Carries `data-behind` while something does not show the latest view yet. */
  readonly element: HTMLElement;
  readonly panels: ReadonlyMap<Panel, HTMLElement>;
  /** The picture of the round, if the page has one. */
  readonly picture: HTMLElement | null;
  view(): View;
  /** Shows all that is no panel: timeline, story, and the picture if asked. Called after the panels have drawn. */
  showRest(view: View, withPicture: boolean): void;
}

export class Drawing {
  private readonly stage: Stage;
  private readonly drawn = new Map<Panel, readonly unknown[]>();
  private readonly screen = new OnScreen(() => this.request());
  private frame = 0;

  constructor(stage: Stage) {
    this.stage = stage;
    if (stage.picture) this.screen.watch(stage.picture);
    for (const place of stage.panels.values()) this.screen.watch(place);
  }

  /** However often something changes, one frame is drawn per screen refresh. */
  request(): void {
    cancelAnimationFrame(this.frame); // what is off screen waits
    this.frame = requestAnimationFrame(() => this.draw());
    this.stage.element.toggleAttribute('data-behind', true);
  }

  /** What is on screen; the rest follows in the next frame, unless that brings another moment. */
  draw(): void {
    const { panels, picture, element } = this.stage;
    const view = this.stage.view();
    const all = [...panels.keys()];
    const isHere = (panel: Panel) => this.screen.has(panels.get(panel)!);
    const isPictureAway = picture !== null && !this.screen.has(picture);
    this.drawParts(view, all.filter(isHere), picture !== null && !isPictureAway);
    const isBehind = isPictureAway || all.some((panel) => !isHere(panel) && this.hasChanged(panel, view));
    if (isBehind) this.frame = requestAnimationFrame(this.drawAll);
    element.toggleAttribute('data-behind', isBehind);
  }

  readonly drawAll = (): void => {
    const { panels, picture, element, view } = this.stage;
    this.drawParts(view(), [...panels.keys()], picture !== null);
    element.removeAttribute('data-behind');
  };

  /** Everything has to be drawn anew: the places have another size. */
  forget(): void {
    this.drawn.clear();
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    this.screen.end();
  }

  private drawParts(view: View, panels: readonly Panel[], withPicture: boolean): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    // Text on a canvas makes the browser bring the page up to date first, so all that changes the page comes last.
    const changed = panels.filter((panel) => this.hasChanged(panel, view));
    for (const panel of changed) this.drawn.set(panel, inputsOf(panel, view));
    for (const panel of changed) panel.draw?.(view);
    for (const panel of changed) panel.annotate(view);
    this.stage.showRest(view, withPicture);
  }

  /** Most moments change one or two panels only. */
  private hasChanged(panel: Panel, view: View): boolean {
    const inputs = inputsOf(panel, view);
    const before = this.drawn.get(panel);
    return before?.length !== inputs.length || inputs.some((input, at) => !Object.is(input, before[at]));
  }
}

function inputsOf(panel: Panel, view: View): readonly unknown[] {
  return [...panel.inputs(view), view.palette];
}
