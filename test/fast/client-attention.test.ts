import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

/** Attention of some peers by the loops of a name, [asking, items]; the peers' tokens are random. */
function attend(name: string, items: number, peers: number, asking: Uint32Array, temperatures: number[]) {
  const rng = randomStream(items, 'client attention', peers);
  const directions = Array.from({ length: peers }, () => {
    const row = Float32Array.from({ length: items }, () => rng.normal());
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
  const lengths = Float32Array.from({ length: peers }, () => 0.2 + 3 * rng.uniform());
  const attention = chooseLoops(name).clientAttention(items, asking.length);
  const out = new Float32Array(asking.length * items).fill(7); // what was there before does not matter
  // Peers of another cluster came first.
  attention.setPeers(new Float32Array(peers + 2).fill(1), (peer, row) =>
    row.fill(0).fill(1, peer % items, 1),
  );
  attention.setPeers(lengths, (peer, row) => row.set(directions[peer]!));
  attention.attend(asking, temperatures, out);
  return out;
}

test('attention on 16-bit integers equals the plain one to three digits, for odd sizes and several heads', (t) => {
  for (const [items, peers, heads] of [
    [1, 2, 1],
    [7, 5, 1],
    [33, 19, 3],
    [61, 300, 2],
    [130, 41, 1],
  ] as const) {
    const asking = Uint32Array.of(0, peers - 1, Math.floor(peers / 2));
    const temperatures = Array.from({ length: heads }, (_, head) => 0.2 * 2 ** head);
    const plain = attend('plain', items, peers, asking, temperatures);
    const largest = Math.max(...plain.map(Math.abs));
    t.ok(largest > 0.01, `${items} items, ${peers} peers: there is something to compare`);
    for (const name of ['tiled', 'simd']) {
      const fast = attend(name, items, peers, asking, temperatures);
      const worst = Math.max(...plain.map((value, at) => Math.abs(value - fast[at]!)));
      const share = (worst / largest).toExponential(1);
      t.ok(worst < 3e-3 * largest, `${name}, ${items} items, ${peers} peers: ${share} apart`);
    }
  }
  t.end();
});

test('whoever has no peer but itself gets zeros from all loops', (t) => {
  for (const name of ['plain', 'tiled', 'simd']) {
    t.deepEqual(attend(name, 9, 1, Uint32Array.of(0), [0.1, 0.2]), new Float32Array(9), name);
  }
  t.end();
});
