// `data get` against a server on this machine: what arrives, what breaks off, what is wrong. No network is asked.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import test from 'tape';
import { cacheFolder } from '../../lib/node/data-cache.ts';
import { dataSources } from '../../lib/node/data-sources.ts';
import { DownloadError, download } from '../../lib/node/download.ts';
import { jsonLines, runHere, temporaryFolder } from './command-line.ts';

const small = fileURLToPath(new URL('../cases/08-report-path-after-training/small.csv', import.meta.url));
/** Stored, not packed, and padded, so that there is something to break off. */
const archive = zipSync(
  {
    'ml-latest-small/ratings.csv': [readFileSync(small), { level: 0 }],
    'ml-latest-small/padding.bin': [new Uint8Array(300_000), { level: 0 }],
  },
  { mtime: '2020-01-01' },
);
const sha256 = createHash('sha256').update(archive).digest('hex');

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handle: Handler = () => {};
const requests: IncomingMessage[] = [];
const server = createServer((request, response) => {
  requests.push(request);
  handle(request, response);
}).listen(0, '127.0.0.1');
const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const url = () => `${base()}/ml-latest-small.zip`;
test.onFinish(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends the archive, or the rest that was asked for; `most` bytes at a time, then the line is cut. */
const serve =
  (most = Infinity, bytes: Uint8Array = archive, tag = '"v1"'): Handler =>
  (request, response) => {
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const isSame = (request.headers['if-range'] ?? tag) === tag;
    const start = from !== undefined && isSame ? Number(from) : 0;
    if (start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const headers = { etag: tag, 'content-length': bytes.length - start };
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    if (start > 0) response.writeHead(206, { ...headers, 'content-range': range });
    else response.writeHead(200, headers);
    const end = Math.min(bytes.length, start + most);
    response.write(bytes.subarray(start, end), () => {
      if (end < bytes.length) request.socket.destroy();
      else response.end();
    });
  };

const options = { bytes: archive.length, sha256 };
const root = temporaryFolder();
let places = 0;
/** A path in a folder of its own, which is not there yet. */
const place = () => join(root, String(places++), 'ml-latest-small.zip');

async function refused(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'was not refused';
  } catch (error) {
    return error instanceof DownloadError ? error.message : String(error);
  }
}

test('a whole transfer is there under its name, and nothing else', async (t) => {
  handle = serve();
  const path = place();
  const seen: number[] = [];
  t.equal(await download(url(), path, { ...options, onProgress: (bytes) => seen.push(bytes) }), sha256);
  t.ok(readFileSync(path).equals(archive), 'the same bytes');
  t.deepEqual(readdirSync(join(path, '..')), ['ml-latest-small.zip']);
  t.deepEqual([seen[0], seen.at(-1)], [0, archive.length], 'progress from nothing to all');
});

test('a transfer that breaks off is taken up where it was, as often as it gets on', async (t) => {
  handle = serve(100_000);
  requests.length = 0;
  const path = place();
  t.equal(await download(url(), path, options), sha256);
  t.ok(readFileSync(path).equals(archive));
  const starts = requests.map(({ headers }) => headers.range);
  t.equal(starts[0], undefined);
  t.ok(
    starts.length >= 3 && new Set(starts).size === starts.length,
    `asked for ${starts.slice(1).join(', ')}`,
  );
});

test('one that does not get on ends with one line, and the next command goes on', async (t) => {
  const path = place();
  let isFirst = true;
  handle = (request, response) => {
    if (isFirst) serve(100_000)(request, response);
    else request.socket.destroy();
    isFirst = false;
  };
  t.match(await refused(download(url(), path, options)), /cannot be reached|broke off after \d+ bytes/);
  t.notOk(existsSync(path), 'nothing has its name');
  t.ok(existsSync(`${path}.part`), 'what came is kept');
  requests.length = 0;
  handle = serve();
  t.equal(await download(url(), path, options), sha256);
  t.match(requests[0]!.headers.range!, /^bytes=[1-9]\d*-$/, 'from where it was');
});

test('a server without ranges, or with another file by now, is read from the beginning', async (t) => {
  for (const [what, handler] of [
    ['no ranges', ((_, response) => response.end(archive)) as Handler],
    ['another file', serve(Infinity, archive, '"v2"')],
  ] as const) {
    const path = place();
    mkdirSync(join(path, '..'));
    writeFileSync(`${path}.part`, 'the beginning of something else');
    writeFileSync(`${path}.part.tag`, '"v1"');
    handle = handler;
    t.equal(await download(url(), path, options), sha256, what);
  }
  const path = place();
  mkdirSync(join(path, '..'));
  writeFileSync(`${path}.part`, new Uint8Array([...archive, 1, 2, 3]));
  handle = serve();
  t.equal(await download(url(), path, options), sha256, 'more than the server has');
});

test('a wrong checksum or length removes what came', async (t) => {
  handle = serve();
  const path = place();
  const wrong = await refused(download(url(), path, { bytes: null, sha256: '0'.repeat(64) }));
  t.match(wrong, new RegExp(`must have the SHA-256 0{64}, got ${sha256}: it is damaged or another file`));
  t.match(
    await refused(download(url(), path, { bytes: 12, sha256: null })),
    /must have 12 bytes, the server has \d+/,
  );
  handle = (_, response) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' });
    response.end(archive);
  };
  t.match(
    await refused(download(url(), path, { bytes: 12, sha256: null })),
    new RegExp(`must have 12 bytes, got ${archive.length}: it is damaged or another file, and was removed`),
    'a server that does not say how much there is',
  );
  t.deepEqual(
    readdirSync(join(path, '..')).filter((name) => !name.endsWith('.tag')),
    [],
  );
});

test('redirects are followed; a missing file, a broken server and no server are told', async (t) => {
  const path = place();
  handle = (request, response) => {
    if (request.url === '/moved.zip') serve()(request, response);
    else response.writeHead(302, { location: '/moved.zip' }).end();
  };
  t.equal(await download(url(), path, options), sha256);
  rmSync(path);
  handle = (_, response) => response.writeHead(404).end('nothing');
  t.match(await refused(download(url(), path, options)), /there is no such file any more \(404\)/);
  handle = (_, response) => response.writeHead(503).end();
  t.match(await refused(download(url(), path, options)), /the server answers 503; try again later/);
  handle = (_, response) => response.writeHead(302, { location: url() }).end();
  t.match(await refused(download(url(), path, options)), /cannot be reached \(redirect count exceeded\)/);
  const nowhere = 'http://127.0.0.1:1/x.zip';
  t.match(
    await refused(download(nowhere, path, options)),
    /127\.0\.0\.1:1 cannot be reached \(.*\); is there a network\?/,
  );
  t.notOk(existsSync(path));
});

test('a full disk is told', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, async (t) => {
  handle = serve();
  const path = place();
  mkdirSync(join(path, '..'));
  symlinkSync('/dev/full', `${path}.part`);
  t.match(
    await refused(download(url(), path, options)),
    /ml-latest-small\.zip\.part cannot be written: the disk is full/,
  );
  t.notOk(existsSync(path));
});

test('data get shows the terms, asks for them, fetches, and --data finds the data by name', async (t) => {
  const folder = join(root, 'user');
  mkdirSync(folder);
  const before = { ...process.env };
  Object.assign(process.env, { FEDTLREC_CACHE: join(folder, 'cache'), FEDTLREC_DATA_URL: base() });
  test.onFinish(() => {
    process.env = before;
  });
  handle = serve();
  const train = ['train', '--data', 'ml-latest-small', '--rounds', '2', '--factors', '4', '--json'];
  const early = await runHere(train);
  t.equal(early.code, 2);
  t.match(early.stderr, /data set is not in the cache: "fedtlrec data get ml-latest-small" fetches it/);

  requests.length = 0;
  const unasked = await runHere(['data', 'get', 'ml-latest-small']);
  if (!process.stdin.isTTY) {
    t.equal(unasked.code, 2);
    t.match(unasked.stderr, /data get ml-latest-small needs --accept-terms where nobody can be asked/);
  }
  t.match(unasked.stdout, /Terms .*research[\s\S]*grouplens\.org[\s\S]*Cite +F\. M\. Harper/);
  t.equal(requests.length, 0, 'nothing was fetched');

  const got = await runHere(['data', 'get', 'ml-latest-small', '--accept-terms']);
  t.deepEqual([got.code, got.stderr], [0, '']);
  t.match(got.stdout, new RegExp(`Its SHA-256 ${sha256} was not known before; it is recorded`));
  const again = await runHere(['data', 'get', 'ml-latest-small', '--accept-terms']);
  t.match(again.stdout, /It is there already/);
  t.equal(requests.length, 1, 'and not fetched again');

  const named = jsonLines((await runHere(train)).stdout).at(-1);
  const file = jsonLines((await runHere(['train', '--data', small, ...train.slice(3)])).stdout).at(-1);
  t.equal(named.digest, file.digest, 'the same ratings');
  t.equal(named.dataset.name, 'ml-latest-small');

  const archivePath = join(folder, 'cache', 'ml-latest-small.zip');
  writeFileSync(archivePath, 'damaged');
  const damaged = await runHere(['data', 'get', 'ml-latest-small', '--accept-terms']);
  t.equal(damaged.code, 1);
  t.match(damaged.stderr, /must have the SHA-256 .* it is damaged; remove it and fetch it again/);
  rmSync(archivePath);
  handle = serve(Infinity, zipSync({ 'other.txt': new Uint8Array(9) }));
  const replaced = await runHere(['data', 'get', 'ml-latest-small', '--accept-terms']);
  t.equal(replaced.code, 1, 'what was recorded once is expected from then on');
  t.match(replaced.stderr, /^fedtlrec: [^\n]+damaged or another file, and was removed\n$/);

  const unknown = await runHere(['data', 'get', 'ml-100']);
  t.equal(unknown.code, 2);
  t.match(unknown.stderr, /did you mean "ml-100k"\?/);
  process.chdir(folder);
  try {
    writeFileSync('ml-latest-small', readFileSync(small));
    t.equal(jsonLines((await runHere(train)).stdout).at(-1).digest, file.digest, 'a file of that name wins');
  } finally {
    process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
  }
});

test('the cache is where the system keeps such things, and every source is complete', (t) => {
  t.equal(cacheFolder({ FEDTLREC_CACHE: '/mine' }, 'linux'), '/mine');
  t.equal(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux'), join('/x', 'fedtlrec'));
  t.match(cacheFolder({}, 'linux'), /\.cache.fedtlrec$/);
  t.match(cacheFolder({}, 'darwin'), /Library.Caches.fedtlrec$/);
  t.equal(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32'), join('/local', 'fedtlrec'));
  t.deepEqual(
    dataSources.map(({ name }) => name),
    ['ml-100k', 'ml-1m', 'ml-latest-small', 'ml-25m', 'filmtrust', 'lastfm-2k'],
  );
  for (const source of dataSources) {
    t.match(source.url, /^https:\/\/.*\.zip$/, source.name);
    t.match(source.termsUrl, /^https:\/\//);
    t.ok(source.sha256 === null || /^[0-9a-f]{64}$/.test(source.sha256));
    t.ok(source.terms.length > 40 && /\(20\d\d\)/.test(source.citation));
  }
  t.end();
});
