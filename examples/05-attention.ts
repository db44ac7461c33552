// 5. Attention between five clients. A token says which items a client wants more (or less) than the shared model gives
// it. Each client asks: who wants what I want? The answers, softened to weights, mix what the others want into a
// personal part. Nobody looks at itself, and nobody looks at a client that the server has not heard of.
//
// Run: npx tsx examples/05-attention.ts
// Installed: import { attentionMask, scaledDotProductAttention, … } from 'fedtlrec', or from 'fedtlrec/attention'
import { attentionMask, fromRows, type Matrix, scaledDotProductAttention, toRows } from '../lib/index.ts';
import { clients, items, tokens } from './clients.ts';
import { fixed, printTable, say } from './print.ts';

say('Tokens: what each client wants beyond what the shared model gives it.');
printTable(['', ...items], rowsOf(tokens, 1));

// #region attention
const centred = minusMean(tokens); // what everybody wants says nothing about who is similar
const directions = unitRows(centred); // a product of two of these is a cosine
const temperature = 0.5; // lower: only the most similar count
const { weights, output } = scaledDotProductAttention({
  queries: directions, // [clients, items]
  keys: directions,
  values: centred,
  scale: 1 / temperature,
  mask: attentionMask(clients.length, { noSelf: true }),
}); // weights α [clients, clients], output [clients, items]
// #endregion attention

say('Who looks at whom (a row adds up to 1):');
printTable(['', ...clients], rowsOf(weights, 2));
say('The personal part: what the clients one looks at want, each in its share.');
printTable(['', ...items], rowsOf(output, 2));
say('Ann hardly asks for Comet (0.1). Ben, who is like her, does: it is now the largest number in her row.');

// #region absent
const heard = Uint8Array.of(1, 0, 1, 1, 1); // the server has never heard of Ben
const masked = scaledDotProductAttention({
  queries: directions,
  keys: directions,
  values: centred,
  scale: 1 / temperature,
  mask: attentionMask(clients.length, { noSelf: true, keyMask: heard }),
});
// #endregion absent

say('Ben has vanished: nobody looks at him any more, and the other weights still add up to 1.');
printTable(['', ...clients], rowsOf(masked.weights, 2));
say(
  'His own row still works, because it needs the others only. Setting his token to zero instead would have been',
  'wrong: everybody would look at a client that wants nothing, and get less of everything.',
);

/** Matrix rows under the clients' names. */
function rowsOf(values: Matrix, digits: number): string[][] {
  return toRows(values).map((row, client) => [clients[client]!, ...row.map((value) => fixed(value, digits))]);
}

function minusMean(values: Matrix): Matrix {
  const rows = toRows(values);
  const mean = rows[0]!.map((_, item) => rows.reduce((sum, row) => sum + row[item]!, 0) / rows.length);
  return fromRows(rows.map((row) => row.map((value, item) => value - mean[item]!)));
}

function unitRows(values: Matrix): Matrix {
  return fromRows(toRows(values).map((row) => row.map((value) => value / Math.hypot(...row))));
}
