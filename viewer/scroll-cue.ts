// A table that is wider than its place fades out at the edge behind which there is more, on a phone too, where no bar is seen
// before somebody scrolls. In: which elements scroll; out: `data-more` on those that can still go to the right, `data-less` on those that have left something behind.
import { element } from './dom.ts';

const style = `
[data-more] { mask-image: linear-gradient(to left, transparent, #000 2.5rem); }
[data-less] :is(th, td):first-child { box-shadow: 6px 0 6px -4px rgb(0 0 0 / .35); }
@media print { [data-more] { mask-image: none; } }
`;

/**
 * Elements that come later are found as well; one call a page.
 *
 * @param first on a phone, a table whose first column stays begins with the first column that is called like this
 */
export function cueScrolling(scrollers: string, first?: RegExp): void {
  const seen = new WeakSet<Element>();
  document.head.append(element('style', {}, style));
  const update = (place: Element) => {
    const left = place.scrollWidth - place.clientWidth - Math.ceil(place.scrollLeft);
    place.toggleAttribute('data-more', left > 4);
    place.toggleAttribute('data-less', place.scrollLeft > 4);
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!seen.has(target) && first && innerWidth <= 640) begin(target, first);
      seen.add(target);
      update(target);
    }
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

/** Scrolls a table so that a column stands beside the first, which stays. */
function begin(place: Element, name: RegExp): void {
  const [stays, ...columns] = place.querySelectorAll<HTMLElement>('thead th');
  const column = columns.find(({ textContent }) => name.test(textContent ?? ''));
  if (!stays || !column || getComputedStyle(stays).position !== 'sticky') return;
  const { right } = stays.getBoundingClientRect();
  place.scrollLeft += column.getBoundingClientRect().left - right;
}
