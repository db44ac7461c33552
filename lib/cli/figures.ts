// How numbers read in tables and sentences: the same digits on every machine, whatever its language settings.

/** A share in [0, 1] with three digits: .712 */
export function share(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

/** A share with its standard error: .712 ± .015 */
export function shareWithError(value: number, error: number): string {
  return `${share(value)} ± ${share(error)}`;
}

/** A difference of shares with its standard error: +.031 ± .004 */
export function differenceWithError(value: number, error: number): string {
  return `${value < 0 ? '' : '+'}${shareWithError(value, error)}`;
}

/** 1000209 → 1,000,209 */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 1 user, 2 users */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** 812 B, 2.6 KB, 16.2 MB; a kilobyte is 1000 bytes. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  return bytes < 1e6 ? `${digits(bytes / 1e3)} KB` : `${digits(bytes / 1e6)} MB`;
}

/** .21 s, 4.3 s, 75 s */
export function secondsText(seconds: number): string {
  return `${seconds < 1 ? seconds.toFixed(2) : digits(seconds)} s`;
}

/** 0.51 MB, 12 MB: megabytes for the axis of a curve. */
export function megabytesText(megabytes: number): string {
  return `${megabytes < 1 ? megabytes.toPrecision(2) : digits(megabytes)} MB`;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(1) : grouped(value);
}
