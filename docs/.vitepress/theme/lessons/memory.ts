// What a reader has read, predicted and solved: remembered in this browser, and nowhere else, until it is forgotten.

export interface Done {
  readonly read?: boolean;
  readonly predicted?: number;
  readonly solved?: boolean;
}

const key = 'fedtlrec-lessons';

/** Everything that is remembered, by lesson; nothing where the browser keeps nothing. */
export function remembered(): Readonly<Record<string, Done>> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, Done>) : {};
  } catch {
    return {};
  }
}

export function remember(lesson: string, done: Done): void {
  const all = remembered();
  try {
    localStorage.setItem(key, JSON.stringify({ ...all, [lesson]: { ...all[lesson], ...done } }));
    dispatchEvent(new CustomEvent('lessons-changed'));
  } catch {
    // A browser that keeps nothing: the page works all the same.
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
  dispatchEvent(new CustomEvent('lessons-changed'));
}

/** In words, for a list of lessons. */
export function doneInWords({ read, predicted, solved }: Done): string {
  return [read && 'read', predicted !== undefined && 'predicted', solved && 'solved']
    .filter(Boolean)
    .join(', ');
}
