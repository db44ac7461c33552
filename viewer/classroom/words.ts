// Numbers in words, for a class's pages.

/** A length in bytes, as people read it; number and unit stay on one line. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes}\u00a0B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)}\u00a0kB` : `${(bytes / 1e6).toFixed(1)}\u00a0MB`;
}

/** "1 film", "2 films". */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Bytes as they left, two hexadecimal digits each. */
export function inHexadecimal(message: Uint8Array): string {
  return Array.from(message, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
