// Which parts of a page somebody can see now, or after a little scrolling. In: elements; out: who is there, and a word when one comes.

export class OnScreen {
  private readonly away = new Set<Element>();
  private readonly observer: IntersectionObserver;

  constructor(onCome: () => void) {
    const take = (entries: readonly IntersectionObserverEntry[]) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.away.delete(target);
        else this.away.add(target);
      }
      if (entries.some(({ isIntersecting }) => isIntersecting)) onCome();
    };
    this.observer = new IntersectionObserver(take, { rootMargin: '100px 0px' });
  }

  watch(part: Element): void {
    this.observer.observe(part);
  }

  /** Until the browser has looked, everything counts as on screen. */
  has(part: Element): boolean {
    return !this.away.has(part);
  }

  end(): void {
    this.observer.disconnect();
  }
}
