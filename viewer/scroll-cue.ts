// A table that is wider than its place fades out at the edge behind which there is more, on a phone too, where no bar is seen
// before somebody scrolls. In: which elements scroll; out: `data-more` on those that can still go to the right.
import { element } from './dom.ts';

const style = `
[data-more] { mask-image: linear-gradient(to left, transparent, #000 2.5rem); }
@media print { [data-more] { mask-image: none; } }
`;

/** Elements that come later are found as well; one call a page. */
export function cueScrolling(scrollers: string): void {
  document.head.append(element('style', {}, style));
  const update = (place: Element) => {
    const left = place.scrollWidth - place.clientWidth - Math.ceil(place.scrollLeft);
    place.toggleAttribute('data-more', left > 4);
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) update(target);
  });
  let timer = 0;
  const watch = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      for (const place of document.querySelectorAll(scrollers)) sizes.observe(place); // those it knows stay as they are
    }, 250);
  };
  document.addEventListener(
    'scroll',
    ({ target }) => {
      if (target instanceof Element && target.matches(scrollers)) update(target);
    },
    { capture: true, passive: true },
  );
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  watch();
}

