// A file as bytes, of which parts can be read: a `File` in a browser, or whatever else has a size and can be read in pieces.

/** Bytes in pieces. */
export type Chunks = AsyncIterable<Uint8Array>;

export interface ByteFile {
  readonly size: number;
  /** The bytes from `start` to before `end`, in pieces. */
  read(start: number, end: number): Chunks;
}

/** A `File` or `Blob`. */
export function blobFile(blob: Blob): ByteFile {
  return { size: blob.size, read: (start, end) => chunksOf(blob.slice(start, end).stream()) };
}

/** Bytes that are in memory. */
export function bytesFile(bytes: Uint8Array): ByteFile {
  return {
    size: bytes.length,
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
  };
}

/** All bytes in one array. */
export async function allBytes(chunks: Chunks): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks) pieces.push(piece);
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The pieces of a stream; not every browser lets `for await` take them. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Bytes on their way through a stream such as `DecompressionStream`. */
export function through(chunks: Chunks, transform: GenericTransformStream): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const source = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const pair = transform as ReadableWritablePair<Uint8Array, Uint8Array>;
  return chunksOf(source.pipeThrough(pair));
}
