// What travels over a queue is what was sent, bit for bit.
import { isDeepStrictEqual } from 'node:util';
import { anything, assert, property, uint8Array } from 'fast-check';
import test from 'tape';
import { decodeJob, encodeJob, jobKey, ownEdition } from '../../lib/queue/job.ts';
import { found } from '../../lib/queue/packages.ts';
import { pack, unpack } from '../../lib/queue/packed.ts';

test('a packed value comes back with every bit of its numbers and arrays', (t) => {
  const value = {
    numbers: [0, -0, 1 / 3, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324],
    arrays: {
      doubles: Float64Array.of(Number.NaN, -0, 1e300),
      floats: Float32Array.of(0.1, 2),
      counts: Uint32Array.of(4_294_967_295),
      signs: Int32Array.of(-1),
      bytes: Uint8Array.of(0, 255),
      none: new Float64Array(0),
    },
    words: ['$array', 'ü', ''],
    nothing: null,
    nested: [[{ row: Float64Array.of(3) }], true],
  };
  t.ok(isDeepStrictEqual(unpack(pack(value)), value));
  t.deepEqual(unpack(pack({ left: undefined, kept: 1 })), { kept: 1 }, 'what is undefined is left out');
  t.end();
});

test('any JSON value comes back', (t) => {
  const values = anything({ withBigInt: false, maxDepth: 3, key: undefined });
  const isJson = (value: unknown) =>
    JSON.stringify(value) !== undefined && !/\$(array|number)/.test(JSON.stringify(value));
  assert(
    property(values, (value) => {
      const plain = isJson(value) ? JSON.parse(JSON.stringify(value)) : null;
      t.deepEqual(unpack(pack(plain)), plain);
    }),
    { numRuns: 50 },
  );
  t.end();
});

test('bytes that nobody packed are refused in one line', (t) => {
  assert(
    property(uint8Array({ maxLength: 200 }), (bytes) => {
      t.throws(() => unpack(bytes), /QueueError|what a job gave back cannot be read/);
    }),
    { numRuns: 30 },
  );
  t.throws(() => decodeJob(new TextEncoder().encode('{"kind":"run"}')), /a message among the jobs is none/);
  const escaping = encodeJob({ kind: 'run', name: 'x', request: {}, data: ['../../etc/passwd'] });
  t.throws(
    () => decodeJob(escaping),
    /a message among the jobs is none/,
    'a checksum is a file name, nothing else may be',
  );
  t.end();
});

test("a job's key depends on version, Node, settings, request and data, not on its name", (t) => {
  const edition = ownEdition('1.2.3');
  const job = { kind: 'run', name: 'a', request: { seed: 1 }, data: ['f'.repeat(64)] };
  const keys = [
    jobKey(edition, job),
    jobKey({ ...edition, version: '1.2.4' }, job),
    jobKey({ ...edition, node: '1' }, job),
    jobKey({ ...edition, settings: '0' }, job),
    jobKey(edition, { ...job, kind: 'chunk' }),
    jobKey(edition, { ...job, request: { seed: 2 } }),
    jobKey(edition, { ...job, data: [] }),
  ];
  t.equal(new Set(keys).size, keys.length);
  t.equal(jobKey(edition, { ...job, name: 'b' }), keys[0]);
  t.end();
});

test('a package that is not installed is told with the command that installs all of them', async (t) => {
  await found('@nats-io/no-such', () => import('@nats-io/no-such' as string)).then(
    () => t.fail('it must be missed'),
    (error: Error) =>
      t.equal(
        error.message,
        'a queue needs the package @nats-io/no-such, which is not installed; install them all: npm install @nats-io/transport-node @nats-io/jetstream @nats-io/obj',
      ),
  );
});
