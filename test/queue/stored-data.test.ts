// Data under their checksums, over a store in this process: what is stored once, and what does not come back as it was.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { sha256 } from '../../lib/queue/job.ts';
import { StoredData } from '../../lib/queue/stored-data.ts';

/** A store that keeps what it is given by name, and counts what it is asked. */
function opened() {
  const kept = new Map<string, Uint8Array>();
  const deleted = new Set<string>();
  const puts: string[] = [];
  const keep = (name: string, bytes: Uint8Array) => {
    puts.push(name);
    deleted.delete(name);
    kept.set(name, bytes);
  };
  const store = {
    info: async (name: string) => (kept.has(name) ? { deleted: deleted.has(name) } : null),
    putBlob: async ({ name }: { name: string }, bytes: Uint8Array) => keep(name, bytes),
    put: async ({ name }: { name: string }, pieces: ReadableStream<Uint8Array>) =>
      keep(name, new Uint8Array(await new Response(pieces).arrayBuffer())),
    getBlob: async (name: string) => kept.get(name) ?? null,
    get: async (name: string) => {
      const bytes = kept.get(name);
      return bytes ? { data: new Blob([bytes.slice()]).stream() } : null;
    },
    delete: async (name: string) => void deleted.add(name),
  };
  return { data: Reflect.construct(StoredData, [store, {}]) as StoredData, kept, puts };
}

test('data are stored once, from memory or a file, and again when they were removed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-stored-'));
  try {
    const { data, puts } = opened();
    const bytes = new TextEncoder().encode('some bytes');
    const name = sha256(bytes);
    const file = join(folder, 'a');
    writeFileSync(file, bytes);
    t.equal(await data.put(bytes), name);
    t.equal(await data.putFile(file), name);
    t.deepEqual(puts, [name], 'they were there');
    await data.remove(name);
    t.equal(await data.putFile(file), name);
    t.deepEqual(puts, [name, name]);
    t.deepEqual(await data.get(name), bytes);
    await data.fetch(name, join(folder, 'b'));
    t.deepEqual(new Uint8Array(readFileSync(join(folder, 'b'))), bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('data that are gone or damaged are told as such, from memory or a file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-stored-'));
  try {
    const { data, kept } = opened();
    const name = await data.put(Uint8Array.of(1, 2, 3));
    const said = (work: Promise<unknown>) => work.then(() => 'done', String);
    kept.set(name, Uint8Array.of(1, 2, 4));
    const damaged = `QueueError: the data ${name} are others than their checksum says`;
    t.equal(await said(data.get(name)), damaged);
    t.equal(await said(data.fetch(name, join(folder, 'a'))), damaged);
    kept.delete(name);
    const gone = `QueueError: the queue no longer has the data ${name}`;
    t.equal(await said(data.get(name)), gone);
    t.equal(await said(data.fetch(name, join(folder, 'a'))), gone);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
