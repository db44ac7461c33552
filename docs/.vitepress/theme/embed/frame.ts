// A page inside another page: it says how high it is, and is as light or dark as the other one wishes.

/** The message that goes to the page around: docs/embedding.md promises it. */
export interface HeightMessage {
  readonly type: 'fedtlrec-height';
  /** In CSS pixels, of everything that is to be seen. */
  readonly height: number;
  readonly address: string;
}

/** Tells the page around how high `place` is, now and whenever that changes; returns how to stop. */
export function tellHeight(place: HTMLElement): () => void {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(place.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    const message: HeightMessage = { type: 'fedtlrec-height', height, address: location.href };
    parent.postMessage(message, '*'); // a height is no secret
  };
  const sizes = new ResizeObserver(tell);
  sizes.observe(place);
  tell();
  return () => sizes.disconnect();
}

/** Takes `?theme=light` or `dark`; else the reader's own stays. */
export function takeTheme(): void {
  const theme = new URLSearchParams(location.search).get('theme');
  if (theme === 'light' || theme === 'dark')
    document.documentElement.classList.toggle('dark', theme === 'dark');
}

/** Says what the page's theme is, now and whenever it changes; returns how to stop. */
export function followTheme(say: (theme: 'light' | 'dark') => void): () => void {
  const page = document.documentElement;
  const tell = () => say(page.classList.contains('dark') ? 'dark' : 'light');
  const changes = new MutationObserver(tell);
  changes.observe(page, { attributes: true, attributeFilter: ['class'] });
  tell();
  return () => changes.disconnect();
}
