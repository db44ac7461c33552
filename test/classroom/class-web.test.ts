// What the class's port answers over HTTP: pages, facts, seats, the dashboard and its commands, and what it refuses.
import { once } from 'node:events';
import test from 'tape';
import { type ClassWebOptions, openClassWeb } from '../../lib/classroom/class-web.ts';

const teacherKey = 'the-key';

async function opened(changed: Partial<Record<keyof ClassWebOptions, unknown>> = {}) {
  const commands: [string, number][] = [];
  const joins: [string, string][] = [];
  const options = {
    ...{ run: 'r', broker: { connect() {} }, teacherKey, longest: 100 },
    joinDesk: {
      async join(code: string, address: string) {
        joins.push([code, address]);
        return code === 'apple' ? { client: 2, token: 't' } : { status: 403, reason: 'wrong' };
      },
      check: () => null,
    },
    facts: { seats: 3 },
    pages: new Map([['index.html', 'I'], ['teacher.html', 'T'], ['a/page.js', 'J'], ['note', 'N']]), // biome-ignore format: one line
    board: () => ({ round: 7 }),
    command(name: string, client: number) {
      commands.push([name, client]);
      return name === 'pause';
    },
    onRefused() {},
    ...changed,
  };
  const web = await openClassWeb(options as unknown as ClassWebOptions);
  web.server.listen(0, '127.0.0.1');
  await once(web.server, 'listening');
  const { port } = web.server.address() as { port: number };
  const ask = async (path: string, request?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, request);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text(), headers: response.headers }; // biome-ignore format: one line
  };
  const post = async (path: string, body: string) => {
    const { status, text } = await ask(path, { method: 'POST', body });
    return [status, JSON.parse(text)];
  };
  return { web, ask, post, commands, joins, port };
}

test('pages are given by their names, with their types, and others are not there', async (t) => {
  const { web, ask } = await opened();
  try {
    for (const [path, status, type, text] of [
      ['/', 200, 'text/html; charset=utf-8', 'I'],
      ['/index.html', 200, 'text/html; charset=utf-8', 'I'],
      ['/teacher', 200, 'text/html; charset=utf-8', 'T'],
      ['/a/page.js', 200, 'text/javascript; charset=utf-8', 'J'],
      ['/note', 200, 'text/plain', 'N'],
      ['/class.json', 200, 'application/json', '{"seats":3}'],
      ['/none', 404, 'application/json', '{"reason":"there is no such page"}'],
    ] as const) {
      const got = await ask(path);
      t.deepEqual([got.status, got.type, got.text], [status, type, text], path);
      t.equal(got.headers.get('x-content-type-options'), 'nosniff');
      t.match(got.headers.get('content-security-policy')!, /^default-src 'self'; .*frame-ancestors 'none'$/);
    }
  } finally {
    await web.close();
  }
});

test('seats and commands are asked for by posted JSON, short and whole, and commands with the key only', async (t) => {
  const { web, ask, post, commands, joins } = await opened();
  try {
    const few = [400, { reason: 'a request must be JSON of at most 2,000 bytes' }];
    for (const body of ['{', '7', 'null', '', JSON.stringify({ code: 'x'.repeat(1990) })])
      t.deepEqual(await post('/join', body), few, body.slice(0, 9));
    t.equal((await ask('/join', { method: 'PUT', body: '{}' })).status, 400);
    t.deepEqual(joins, []);
    t.deepEqual(await post('/join', JSON.stringify({ code: 'apple', rest: 'x'.repeat(2000 - 26) })), [200, { client: 2, token: 't' }]); // biome-ignore format: one line
    t.deepEqual(await post('/join', '{"code":"pear"}'), [403, { status: 403, reason: 'wrong' }]);
    await post('/join', '{}');
    t.deepEqual(joins, ['apple', 'pear', ''].map((code) => [code, '127.0.0.1'])); // biome-ignore format: one line
    const command = (words: object) => post('/command', JSON.stringify(words));
    t.deepEqual(await command({ key: teacherKey, name: 'pause' }), [200, { isKnown: true }]);
    t.deepEqual(await command({ key: teacherKey, name: 'drop', client: 4 }), [400, { isKnown: false }]);
    const none = [404, { reason: 'there is no such page' }];
    t.deepEqual(await command({ key: 'another', name: 'pause' }), none);
    t.deepEqual(await command({ name: 'pause' }), none);
    t.deepEqual(await post('/none', '{}'), none);
    t.deepEqual(commands, [['pause', -1], ['drop', 4]]); // biome-ignore format: one line
  } finally {
    await web.close();
  }
});

test('the dashboard needs the key, begins with the board, and then hears every event until the class is closed', async (t) => {
  const { web, ask, port } = await opened();
  const refused = await ask('/board?key=another');
  t.deepEqual([refused.status, (await ask('/board')).status], [403, 403]);
  t.equal(refused.text, '{"reason":"the dashboard needs the key that the terminal shows"}');
  web.show({ nobody: 'hears' });
  const response = await fetch(`http://127.0.0.1:${port}/board?key=${teacherKey}`);
  t.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/event-stream']);
  const text = response.text();
  web.show({ type: 'a' });
  web.show({ type: 'b' });
  await web.close();
  t.equal(await text, 'data: {"round":7}\n\ndata: {"type":"a"}\n\ndata: {"type":"b"}\n\n');
});

test('a fault of the server is answered without its reason, which its terminal has', async (t) => {
  const { error } = console;
  const said: unknown[] = [];
  const join = async () => Promise.reject(new Error('no disk'));
  const { web, post } = await opened({ joinDesk: { join } });
  console.error = (what: unknown) => said.push(String(what));
  try {
    t.deepEqual(await post('/join', '{"code":"apple"}'), [
      500,
      { reason: 'the server has failed; its terminal says why' },
    ]);
  } finally {
    console.error = error;
    await web.close();
  }
  t.deepEqual(said, ['Error: no disk']);
});
