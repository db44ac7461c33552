// What students really write, and which check must catch it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text of the library, found as it stands
import type { WrongSolution } from '../../kit/task.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'the checksum is written high byte first',
    edits: [
      {
        find: 'writer.write(checksum(writer.finish()), 16);',
        replace:
          'const sum = checksum(writer.finish());\n  writer.write((sum >> 8) | ((sum & 255) << 8), 16);',
      },
    ],
    caughtBy: 'bytes-by-hand',
    says: 'a byte is wrong',
  },
  {
    name: 'the numbers are read high byte first',
    edits: [
      {
        find: '  reader.readBytes(into, `${into.length} numbers of ${name}`);\n',
        replace:
          '  reader.readBytes(into, `${into.length} numbers of ${name}`);\n  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);\n  for (let at = 0; at < into.length; at++) into[at] = view.getFloat32(4 * at, false);\n',
      },
    ],
    caughtBy: 'comes-back',
    says: 'other numbers',
  },
  {
    name: 'the checksum includes itself',
    edits: [
      {
        find: 'if (checksum(message.subarray(0, end)) !== sum)',
        replace: 'if (checksum(message) !== sum)',
      },
    ],
    caughtBy: 'comes-back',
    says: 'decode threw',
  },
  {
    name: 'the checksum is written, but never compared',
    edits: [
      {
        find: "  if (checksum(message.subarray(0, end)) !== sum) reject('the checksum does not fit');\n",
        replace: '  void sum;\n',
      },
    ],
    caughtBy: 'damage',
    says: 'was let in',
  },
  {
    name: 'the sum begins at 0',
    edits: [{ find: 'let sum = 1;', replace: 'let sum = 0;' }],
    caughtBy: 'checksum-by-hand',
    says: 'are wrong',
  },
  {
    name: 'the sums are taken modulo 256',
    edits: [{ find: 'const modulus = 251;', replace: 'const modulus = 256;' }],
    caughtBy: 'checksum-by-hand',
    says: 'are wrong',
  },
  {
    name: 'the sum of sums is left out',
    edits: [
      { find: 'return sum | (sumOfSums << 8);', replace: 'return sum | (sum << 8) | (0 * sumOfSums);' },
    ],
    caughtBy: 'checksum-by-hand',
    says: 'are wrong',
  },
  {
    name: 'levels are cut off, not rounded',
    edits: [{ find: 'Math.floor(size + 0.5)', replace: 'Math.trunc(size)' }],
    caughtBy: 'levels-by-hand',
    says: 'nearestLevel(2.5, 3)',
  },
  {
    name: 'half-way levels go away from 0',
    edits: [{ find: 'Math.floor(size + 0.5)', replace: 'Math.sign(size) * Math.round(Math.abs(size))' }],
    caughtBy: 'levels-by-hand',
    says: 'nearestLevel(-2.5, 3)',
  },
  {
    name: 'levels beyond the top are kept',
    edits: [
      {
        find: 'Math.max(-top, Math.min(top, Math.floor(size + 0.5)))',
        replace: 'Math.floor(size + 0.5) + 0 * top',
      },
    ],
    caughtBy: 'levels-by-hand',
    says: 'nearestLevel(9, 3)',
  },
  {
    name: 'the lowest level is one too low',
    edits: [{ find: 'Math.max(-top, Math.min(', replace: 'Math.max(-top - 1, Math.min(' }],
    caughtBy: 'levels-by-hand',
    says: 'nearestLevel(-9, 3)',
  },
  {
    name: 'NaN and infinities are let in',
    edits: [
      {
        find: `  for (let at = 0; at < into.length; at++) {
    if (!Number.isFinite(into[at]!)) reject(\`\${name} holds \${into[at]}\`);
  }
`,
        replace: '',
      },
    ],
    caughtBy: 'broken-numbers',
    says: 'NaN',
  },
  {
    name: 'NaN is rejected, infinities are let in',
    edits: [{ find: 'if (!Number.isFinite(into[at]!))', replace: 'if (Number.isNaN(into[at]!))' }],
    caughtBy: 'broken-numbers',
    says: '∞',
  },
  {
    name: 'bytes after the end are let in',
    edits: [{ find: '  reader.finish();\n', replace: '' }],
    caughtBy: 'broken-sizes',
    says: 'a byte too many',
  },
  {
    name: 'room is made before anybody asks whether the message is long enough',
    edits: [
      {
        find: '  reader.expectBits(rowCount * columns * numbers.bits, `${rowCount} rows of ${columns} numbers`);\n',
        replace: '',
      },
    ],
    caughtBy: 'broken-sizes',
    says: '4 billion rows',
  },
  {
    name: 'the number of rows is not held against the number of items',
    edits: [
      {
        find: '  if (rowCount > expected.items) reject(`${rowCount} rows are more than the ${expected.items} items`);\n',
        replace: '',
      },
    ],
    caughtBy: 'broken-sizes',
    says: 'more rows than items',
  },
  {
    name: 'dims are believed',
    edits: [
      {
        find: '  if (dims !== expected.dims) reject(`rows have ${dims} dims, not ${expected.dims}`);\n',
        replace: '',
      },
    ],
    caughtBy: 'broken-sizes',
    says: 'other dims',
  },
  {
    name: 'the number of extra weights is believed',
    edits: [
      {
        find: 'if (extraCount !== expected.extra) reject(',
        replace: 'if (extraCount < expected.extra) reject(',
      },
    ],
    caughtBy: 'broken-sizes',
    says: 'extra weights',
  },
  {
    name: 'any rank is let in',
    edits: [{ find: 'if (rank > 1024) reject(', replace: 'if (rank > 1e9) reject(' }],
    caughtBy: 'broken-sizes',
    says: 'rank 1025',
  },
  {
    name: 'the version is not looked at',
    edits: [
      {
        find: '  if (version !== WIRE_VERSION) reject(`version ${version} is not ${WIRE_VERSION}`);\n',
        replace: '  void version;\n',
      },
    ],
    caughtBy: 'broken-header',
    says: 'another version',
  },
  {
    name: 'the kind is not looked at',
    edits: [
      {
        find: '  if (header.kind !== kind) reject(`it is of kind ${header.kind}, not ${kind}`);\n',
        replace: '',
      },
    ],
    caughtBy: 'broken-header',
    says: 'a step where',
  },
  {
    name: 'clients may speak for others',
    edits: [{ find: 'if (header.client !== sender.client)\n', replace: 'if (header.client < 0)\n' }],
    caughtBy: 'broken-header',
    says: 'another client',
  },
  {
    name: 'messages of other rounds are let in',
    edits: [
      {
        find: 'if (header.round !== sender.round) reject(',
        replace: 'if (header.round > sender.round) reject(',
      },
    ],
    caughtBy: 'broken-header',
    says: 'another round',
  },
  {
    name: 'the round is written first',
    edits: [
      {
        find: '  writer.writeVarint(client);\n  writer.writeVarint(round);\n',
        replace: '  writer.writeVarint(round);\n  writer.writeVarint(client);\n',
      },
    ],
    caughtBy: 'bytes-by-hand',
    says: 'a byte is wrong',
  },
  {
    name: 'client and round have a byte each',
    edits: [
      {
        find: '  writer.writeVarint(client);\n  writer.writeVarint(round);\n',
        replace: '  writer.write(client & 255, 8);\n  writer.write(round & 255, 8);\n',
      },
    ],
    caughtBy: 'golden-bytes',
    says: 'length',
  },
  {
    name: 'the ones at the end of A are sent',
    edits: [
      {
        find: 'const endsWithOne = hasOnes(update.right, rank, dims) || becomesOnes(update.right, rank, dims, parts.right);',
        replace:
          'const endsWithOne = hasOnes(update.right, rank, dims) && becomesOnes(update.right, rank, dims, parts.right);',
      },
    ],
    caughtBy: 'bytes-by-hand',
    says: 'wrong',
  },
  {
    name: 'item numbers are sent where every item is named',
    edits: [
      {
        find: 'if (rows.length < items) parts.rows.write(writer, rows, items);',
        replace: 'parts.rows.write(writer, rows, items);',
      },
    ],
    caughtBy: 'golden-bytes',
    says: 'length',
  },
  {
    name: 'rows that became 0 are let in',
    edits: [
      {
        find: 'if (!numbers.isExact && rowCount < items && hasZeroRow(left, columns))',
        replace: 'if (numbers.isExact && rowCount < 0 && hasZeroRow(left, columns))',
      },
    ],
    caughtBy: 'broken-numbers',
    says: 'need not be sent',
  },
  {
    name: 'rows that became 0 are sent',
    edits: [
      {
        find: 'withoutZeroRows(update.rows, levels, items);',
        replace: 'withoutZeroRows(update.rows, levels, update.rows.length);',
      },
    ],
    caughtBy: 'golden-rounded',
    says: 'length',
  },
  {
    name: 'the extra weights are forgotten',
    edits: [{ find: '  parts.extra.write(writer, parts.extra.round(extra, 1));\n', replace: '' }],
    caughtBy: 'golden-bytes',
    says: 'length',
  },
  {
    name: 'a personal part is rounded as B is',
    edits: [
      {
        find: "const numbers = kind === 'part' ? parts.part : parts.left;",
        replace: 'const numbers = parts.left;',
      },
    ],
    caughtBy: 'golden-rounded',
    says: 'length',
  },
  {
    name: 'rows of A are as long as before, though their 1 is not sent',
    edits: [{ find: 'const width = endsWithOne ? dims - 1 : dims;', replace: 'const width = dims;' }],
    caughtBy: 'golden-rounded',
    says: 'a byte',
  },
];
