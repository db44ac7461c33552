// Shows the type of a name in a code block while somebody points at it, or touches it. In: names that carry their type
// (../types.ts); out: a small box below the name. It is an extra: pages read the same without it.

let box: HTMLElement | null = null;

/** Listens once for all pages. */
export function showTypeHints(): void {
  document.addEventListener('pointerover', (event) => show(nameAt(event.target)));
  document.addEventListener('pointerdown', (event) => show(nameAt(event.target)));
  document.addEventListener('scroll', () => show(null), { capture: true, passive: true });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') show(null);
  });
}

function nameAt(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element)) return null;
  if (box?.contains(target)) return box; // its text can be selected
  return target.closest<HTMLElement>('.typed');
}

function show(name: HTMLElement | null): void {
  if (name !== null && name === box) return;
  if (name === null) {
    box?.remove();
    return;
  }
  box ??= Object.assign(document.createElement('div'), { className: 'type-hint' });
  box.setAttribute('role', 'tooltip');
  const { type, about } = name.dataset;
  box.replaceChildren(
    part('code', 'type-hint-type', type),
    ...(about ? [part('p', 'type-hint-about', about)] : []),
  );
  document.body.append(box);
  place(box, name.getBoundingClientRect());
}

function part(tag: string, className: string, textContent: string | undefined): HTMLElement {
  return Object.assign(document.createElement(tag), { className, textContent });
}

/** Below the name, or above it where there is no room; never beyond the screen's edges. */
function place(hint: HTMLElement, name: DOMRect): void {
  const { width, height } = hint.getBoundingClientRect();
  const left = Math.max(8, Math.min(name.left, document.documentElement.clientWidth - width - 8));
  const below = name.bottom + 2;
  const top = below + height < innerHeight ? below : Math.max(8, name.top - height - 2);
  hint.style.left = `${left}px`;
  hint.style.top = `${top}px`;
}
