import test from 'tape';
import { openBackend } from '../../lib/cli/backend.ts';

test('what is too large for a GPU stays with the processor, and one line says why', async (t) => {
  const { error } = console;
  const lines: string[] = [];
  console.error = (line: string) => lines.push(line);
  try {
    for (const [clients, items] of [
      [200_000, 1000],
      [1000, 200_000],
    ] as const) {
      const opened = await openBackend('webgpu', clients, items);
      t.equal(opened.device, undefined);
      t.equal(
        opened.name,
        (await openBackend(undefined, clients, items)).name,
        'the fastest of the processor',
      );
      const reason = `the personal parts of ${clients} clients and ${items} items take more than 512 MiB`;
      t.equal(
        lines.pop(),
        `fedtlrec: --backend webgpu: ${reason}; the processor does it all (${opened.name})`,
      );
    }
    t.deepEqual(lines, [], 'without the word webgpu nothing is said');
  } finally {
    console.error = error;
  }
});
