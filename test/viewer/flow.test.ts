// The flow picture: its recorded rounds are those of a fresh run, its words follow from its numbers, also where something is missing,
// and clients find their way to lesson 6 and back.
import { readFileSync } from 'node:fs';
import test from 'tape';
import { firstRun, firstRunFile, firstRunText } from '../../scripts/first-run.ts';
import { attentionLink, readAttentionLink } from '../../viewer/flow/attention-link.ts';
import { factsOf } from '../../viewer/flow/facts.ts';
import type { FlowFrame } from '../../viewer/flow/flow-frame.ts';
import { detailHtml, stationsHtml } from '../../viewer/flow/flow-html.ts';
import { paceOf } from '../../viewer/flow/flow-player.ts';
import { listeningQuestion } from '../../viewer/flow/listening.ts';
import { stations } from '../../viewer/flow/stations.ts';

const recorded = JSON.parse(readFileSync(firstRunFile, 'utf8')) as { focus: number; frames: FlowFrame[] };

const phone = (id: string, isPresent = true) => ({
  ...{ id, colour: -1, isPresent, loss: isPresent ? 0.5 : null, ratings: 7 },
});

/** Three phones after their first round, by hand. */
const frame: FlowFrame = {
  ...{ round: 1, phase: 'evaluate', step: 0, story: '', users: 3, items: 20, focus: 0 },
  phones: [phone('a'), phone('b'), phone('c', false)],
  home: { trained: 2, loss: 0.5 },
  sentRound: 1,
  message: {
    ...{ bytes: 100, fullBytes: 1000, totalRows: 1 },
    ...{ rows: ['x'], left: [0.5], right: [2, -4] },
  },
  sum: { clients: 2, rejected: 0, bytesUp: 100, bytes: [90, 110, 0] },
  table: { rank: 1, cutOff: 0.25, bytesDown: 200, fullBytesDown: 400, rows: ['x'], values: [0.1, -0.3] },
  tokens: [1, 0.6, -0.2, 0.6, 1, 0.1, -0.2, 0.1, 1],
  groups: {
    ...{ clusters: 2, step: 0, steps: 3, moved: 1, inertia: 2 },
    ...{ dots: [1, 1, 0, 1, -1, 1, 1, 0], centroids: [1, 1, 0], counts: [2, 1] },
  },
  attention: { head: 0, temperature: 0.1, weights: [0, 0.75, 0.05] },
  list: {
    ...{ items: ['x', 'y'], base: [1, 0.5], personal: [0, 2], mix: 0.25, held: 1, isOwn: [true, false] },
    ...{ rankBefore: 9, rank: 2, hr: 0.5, error: 0.1 },
  },
};

const figure = (name: string, of: FlowFrame) => stations.find((station) => station.name === name)!.figure(of);
const note = (name: string, of: FlowFrame) => factsOf[name]!(of).note;

test('the rounds that the start page shows are those of a fresh run', async (t) => {
  const fresh = await firstRun();
  t.ok(readFileSync(firstRunFile, 'utf8') === firstRunText(fresh), 'if not: npm run examples:update');
  t.deepEqual(
    new Set(fresh.frames.map(({ phase }) => phase)),
    new Set([null, 'train', 'send', 'broadcast', 'cluster', 'attend', 'evaluate']),
    'every phase of a round is there',
  );
});

test('stations say what their numbers are', (t) => {
  t.equal(figure('phones', frame), '2 of 3 train, loss .500');
  t.equal(figure('message', frame), '100 B; as whole rows 1.0 KB');
  t.equal(figure('sum', frame), '2 messages added up');
  t.equal(figure('table', frame), 'step down: 200 B; whole 400 B');
  t.equal(figure('tokens', frame), 'a is most like b: .600');
  t.equal(figure('groups', frame), '2 groups, step 1 of 3: 1 move');
  t.equal(figure('attention', frame), 'a listens to b most: .750');
  t.equal(figure('list', frame), '★ at rank 2, at first 9');
  t.match(note('message', frame), /0\.5 · 2 = 1\. .* 100 B, 10× fewer/);
  t.match(note('attention', frame), /The clients drawn get 80 % of it/);
  t.match(note('list', frame), /rank 2 .*, up from rank 9\. .*HR@10 on validation is \.500 ± \.100/);
  t.deepEqual(factsOf.list!(frame).rows[1], ['★ y', '0.5 + 0.25 · 2 = 1']);
  t.end();
});

test('stations say what is missing, and use the singular', (t) => {
  const start = {
    ...frame,
    phase: null,
    sentRound: 0,
    home: null,
    message: null,
    sum: null,
    table: null,
    tokens: null,
  };
  const before: FlowFrame = { ...start, groups: null, attention: null };
  t.deepEqual(
    stations.slice(1, 7).map(({ figure: of }) => of(before)),
    ['–', '–', 'as good as guessing', '–', '–', '–'],
  );
  t.match(figure('phones', before), /3 clients/);
  const absent = { ...frame, focus: 2, message: null };
  t.equal(figure('message', absent), '100 B from each of the others');
  t.match(note('message', absent), /c is absent/);
  const unheard = {
    ...absent,
    tokens: new Array(9).fill(0),
    attention: { ...frame.attention!, weights: [0, 0, 0] },
  };
  t.equal(figure('tokens', unheard), 'c has not been heard yet');
  t.equal(figure('attention', unheard), 'c listens to nobody drawn here');
  t.equal(
    figure('sum', { ...frame, sum: { clients: 1, rejected: 1, bytesUp: 9, bytes: [9, 0, 0] } }),
    '1 message added up, 1 rejected',
  );
  t.equal(figure('groups', { ...frame, groups: { ...frame.groups!, clusters: 1, moved: null } }), '1 group');
  const worse = { ...frame, list: { ...frame.list, rank: 12 } };
  t.match(note('list', worse), /rank 12 .*, down from rank 9/);
  t.match(note('list', { ...frame, list: { ...frame.list, rank: 0 } }), /too few ratings/);
  for (const of of [before, absent, unheard, ...recorded.frames]) {
    const html = stationsHtml(of) + stations.map((station) => detailHtml(station, of)).join('');
    t.notOk(/NaN|undefined|Infinity/.test(html), `${of.round} ${of.phase}`);
  }
  t.end();
});

test('ids of strangers are text, not HTML', (t) => {
  const evil = {
    ...frame,
    phones: frame.phones.map((one) => ({ ...one, id: '<img src=x onerror=alert(1)>' })),
  };
  t.notOk(/<img/.test(stationsHtml(evil) + stations.map((station) => detailHtml(station, evil)).join('')));
  t.end();
});

test('the first round is slow enough to be read; later ones are faster', (t) => {
  const paces = recorded.frames.map((of) => [of, paceOf(of)] as const);
  for (const [{ round, phase, story, step }, pace] of paces) {
    if (round === 1 && step === 0) t.ok(pace >= 3500 && pace >= 40 * story.length, `${phase}: ${pace} ms`);
  }
  const whole = paces.filter(([{ round }]) => round === 1).reduce((sum, [, pace]) => sum + pace, 0);
  t.ok(whole < 60_000, `the first round takes ${whole} ms`);
  t.ok(Math.max(...paces.filter(([{ round }]) => round === 4).map(([, pace]) => pace)) < 2500);
  t.end();
});

test('five clients travel to lesson 6 in an address, and anything else is not believed', (t) => {
  const last = recorded.frames.at(-1)!;
  const chosen = readAttentionLink(attentionLink(last))!;
  t.equal(chosen.clients[0], last.phones[last.focus]!.id, 'the one in focus comes first');
  const place = (id: string) => last.phones.findIndex((one) => one.id === id);
  chosen.clients.forEach((u, row) => {
    chosen.clients.forEach((v, column) => {
      const cosine = u === v ? 1 : last.tokens![place(u) * last.phones.length + place(v)];
      t.equal(chosen.cosines[row]![column], cosine, `${u}, ${v}`);
    });
  });
  t.ok(chosen.cosines[0]![1]! >= chosen.cosines[0]![2]! && chosen.cosines[0]![2]! >= chosen.cosines[0]![4]!);
  t.equal(attentionLink(recorded.frames[0]!), '', 'before anything was heard');
  const ids = 'a~b~c~d~e';
  const ten = '0~0~0~0~0~0~0~0~0~';
  for (const [clients, cosines] of [
    [ids, `${ten}2`],
    [ids, `${ten}x`],
    [ids, '0~1'],
    ['a~b~c~d', `${ten}0`],
    ['a~a~c~d~e', `${ten}0`],
  ] as const)
    t.equal(readAttentionLink(`?clients=${clients}&cosines=${cosines}`), null, `${clients} ${cosines}`);
  t.equal(readAttentionLink(''), null);
  t.end();
});

test('the first round can be read to its end within a minute', (t) => {
  const first = recorded.frames.filter(({ round }) => round <= 1);
  const seconds = first.reduce((sum, each) => sum + paceOf(each), 0) / 1000;
  t.ok(seconds > 10 && seconds < 50, `${seconds.toFixed(0)} s`);
  t.end();
});

test('the question of the start page is answered by the numbers, whatever they are', (t) => {
  const asked = (weights: number[], ratings = [1, 5, 9]) =>
    listeningQuestion([
      { ...frame, attention: null },
      {
        ...frame,
        phones: frame.phones.map((each, at) => ({ ...each, ratings: ratings[at]! })),
        attention: { head: 0, temperature: 0.1, weights },
      },
    ])!;
  t.equal(asked([0, 0.75, 0.05]).question, 'Which of these phones will a listen to most?');
  t.equal(asked([0, 0.75, 0.05]).right, 0, 'b is most like a: cosine .6');
  t.equal(
    asked([0, 0.75, 0]).because,
    'In round 1, b, most like it (cosine .600), has .750 of its attention; c, with 9 ratings, has none.',
  );
  t.equal(asked([0, 0.05, 0.75]).right, 1, 'c has the most ratings');
  t.equal(asked([0, 0.3, 0.2]).right, 2, 'less than twice as much is alike');
  t.equal(
    asked([0, 0.75, 0.0004], [1, 9, 2]).because,
    'In round 1, b, most like it and with 9 ratings, has .750.',
  );
  t.equal(listeningQuestion([{ ...frame, attention: null }]), null);
  const { right, frame: answered } = listeningQuestion(recorded.frames)!;
  const { attention, focus } = answered;
  const loudest = attention!.weights.indexOf(Math.max(...attention!.weights));
  const cosines = answered
    .tokens!.slice(focus * answered.phones.length)
    .map((value, at) => (at === focus ? -2 : value));
  t.equal(right, cosines.indexOf(Math.max(...cosines.slice(0, answered.phones.length))) === loudest ? 0 : -1);
  t.end();
});
