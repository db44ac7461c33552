// What goes over the wire: bytes, and nothing but what is right is let in again.
import type { Task } from '../../kit/task.ts';

const header = 'lib/federated/wire/header.ts';

export const task: Task = {
  id: '07-wire',
  title: 'Messages: encode, decode, and reject what is broken',
  points: 14,
  cut: [
    { file: header, functions: ['checksum', 'beginMessage', 'sealMessage', 'readFrame', 'openMessage'] },
    { file: 'lib/federated/wire/numbers.ts', functions: ['readFloats', 'nearestLevel'] },
    { file: 'lib/federated/wire.ts', functions: ['encode', 'decode', 'readSizes'] },
  ],
  lesson: 'lessons/04-what-travels',
  dials: [
    {
      name: 'order',
      values: [
        { name: 'client-first', says: '', edits: [] },
        {
          name: 'round-first',
          says: 'in the header the round stands before the client.',
          edits: [
            {
              find: '  writer.writeVarint(client);\n  writer.writeVarint(round);\n',
              replace: '  writer.writeVarint(round);\n  writer.writeVarint(client);\n',
            },
            {
              find: "  const client = reader.readVarint('the client');\n  const round = reader.readVarint('the round');\n",
              replace:
                "  const round = reader.readVarint('the round');\n  const client = reader.readVarint('the client');\n",
            },
          ],
        },
      ],
    },
    {
      name: 'version',
      values: [
        { name: 'two', says: '', edits: [] },
        ...[5, 9].map((version) => ({
          name: version === 5 ? 'five' : 'nine',
          says: `messages are of version ${version}: write and expect ${version} where the library has WIRE_VERSION.`,
          edits: [
            {
              find: 'writer.write(WIRE_VERSION | (messageKinds.indexOf(kind) << 4), 8);',
              replace: `writer.write(${version} | (messageKinds.indexOf(kind) << 4), 8);`,
            },
            {
              find: 'if (version !== WIRE_VERSION) reject(',
              replace: `if (version !== ${version}) reject(`,
            },
          ],
        })),
      ],
    },
  ],
};
