// Solutions that are right and look otherwise: they must pass.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text of the library, found as it stands
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'the sums byte by byte, arrays of their own, the reader asked number by number',
    edits: [
      {
        find: `  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + bytesAtATime);
    for (; at + 8 <= end; at += 8) {
      const b0 = bytes[at]!;
      const b1 = bytes[at + 1]!;
      const b2 = bytes[at + 2]!;
      const b3 = bytes[at + 3]!;
      const b4 = bytes[at + 4]!;
      const b5 = bytes[at + 5]!;
      const b6 = bytes[at + 6]!;
      const b7 = bytes[at + 7]!;
      sumOfSums += 8 * sum + 8 * b0 + 7 * b1 + 6 * b2 + 5 * b3 + 4 * b4 + 3 * b5 + 2 * b6 + b7;
      sum += b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7;
    }
    for (; at < end; at++) {
      sum += bytes[at]!;
      sumOfSums += sum;
    }
    sum %= modulus;
    sumOfSums %= modulus;
  }
`,
        replace: `  void bytesAtATime;
  bytes.forEach((byte) => {
    sum = (sum + byte) % modulus;
    sumOfSums = (sumOfSums + sum) % modulus;
  });
`,
      },
      {
        find: `  const memory = new ArrayBuffer(4 * (rowCount + rowCount * columns + rank * dims + extraCount)); // for all arrays at once
  const rows = new Uint32Array(memory, 0, rowCount);
  const left = new Float32Array(memory, 4 * rowCount, rowCount * columns);
  const right = new Float32Array(memory, 4 * (rows.length + left.length), rank * dims);
  const extra = new Float32Array(memory, 4 * (rows.length + left.length + right.length));
`,
        replace: `  const rows = new Uint32Array(rowCount);
  const left = new Float32Array(rowCount * columns);
  const right = new Float32Array(rank * dims);
  const extra = new Float32Array(extraCount);
`,
      },
      {
        find: 'return Math.max(-top, Math.min(top, Math.floor(size + 0.5)));',
        replace: `const level = Math.round(size);
  if (level > top) return top;
  return level < -top ? -top : level;`,
      },
    ],
  },
  {
    name: 'words of 32 bits, and the header checked before the checksum',
    edits: [
      {
        find: '  reader.readBytes(into, `${into.length} numbers of ${name}`);\n',
        replace: `  reader.align();
  const view = new DataView(new ArrayBuffer(4));
  for (let at = 0; at < into.length; at++) {
    view.setUint32(0, reader.read(32), true);
    into[at] = view.getFloat32(0, true);
  }
`,
      },
      {
        find: `  const sum = message[end]! | (message[end + 1]! << 8);
  if (checksum(message.subarray(0, end)) !== sum) reject('the checksum does not fit');
`,
        replace: `  const own = checksum(message.slice(0, -2));
  if ((own & 255) !== message.at(-2) || own >> 8 !== message.at(-1)) reject('the sums differ');
`,
      },
    ],
  },
];
