// Masks as people write them: rows of yes and no. In: one of these, and who asks; out: the mask as the plain modules read it.
import { inWords, isList } from '../numeric/arguments.ts';

/** Who may look at whom: rows of yes (true, 1) and no (false, 0), or the same in one list, row after row. */
export type MaskLike = readonly ArrayLike<number | boolean>[] | ArrayLike<number | boolean>;

/**
 * A mask as the plain modules read it, [rows × columns]; undefined stays undefined.
 *
 * @throws RangeError if it has another shape, TypeError if it is none
 */
export function asMask(
  caller: string,
  mask: MaskLike | undefined,
  rows: number,
  columns: number,
): Uint8Array | undefined {
  if (mask === undefined) return undefined;
  if (!isList(mask))
    throw new TypeError(`${caller}: mask must be rows of 0 and 1, or a Uint8Array, got ${inWords(mask)}`);
  const list = Array.from(mask as ArrayLike<unknown>);
  const isNested = list.length > 0 && list.every(isList);
  const lengths = isNested ? list.map((row) => (row as ArrayLike<unknown>).length) : [];
  const fits = isNested
    ? list.length === rows && lengths.every((length) => length === columns)
    : list.length === rows * columns;
  if (!fits) {
    const got = isNested
      ? `[${list.length}, ${[...new Set(lengths)].join(' or ')}]`
      : `${list.length} entries`;
    throw new RangeError(`${caller}: mask must have shape [${rows}, ${columns}], got ${got}`);
  }
  const entries = isNested ? list.flatMap((row) => Array.from(row as ArrayLike<unknown>)) : list;
  return Uint8Array.from(entries, (entry, at) => {
    if (typeof entry === 'boolean' || entry === 0 || entry === 1) return Number(entry);
    throw new TypeError(
      `${caller}: mask must hold 0 and 1, or true and false, got ${inWords(entry)} at position ${at}`,
    );
  });
}
