// How numbers read in the viewer: few digits, the same on every machine.

/** A share: .712 */
export function share(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3).replace(/^(-?)0\./, '$1.') : '–';
}

/** A number with three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** 12,345 */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 812 B, 2.6 KB, 16 MB; a kilobyte is 1000 bytes. */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'KB'] : [bytes / 1e6, 'MB'];
  return `${value < 10 ? value.toFixed(1) : grouped(value)} ${unit}`;
}

/** 2.4×, 11× */
export function timesText(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}×` : '–';
}
