// What options tell about a file's layout; null and `auto` are found from the file.
import type { DateOrder } from './calendar.ts';
import type { ColumnChoice } from './column-option.ts';
import type { RatingsFormat } from './formats.ts';
import type { DecimalMark } from './numbers.ts';

/** What was told by options. */
export interface Told {
  readonly format: RatingsFormat | 'auto';
  readonly columns: ColumnChoice | null;
  readonly decimal: DecimalMark | null;
  readonly dates: DateOrder | null;
}
