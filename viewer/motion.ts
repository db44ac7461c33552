// Whether the reader's system asks for pages that do not move by themselves.
export const wantsNoMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
