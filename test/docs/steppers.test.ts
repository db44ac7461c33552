// The steppers of the lessons show what the library computes: where an example prints the same, the numbers agree with
// its expected output; elsewhere a property must hold at every step.
import { readFileSync } from 'node:fs';
import test from 'tape';
import { attack } from '../../docs/.vitepress/theme/steppers/attack.ts';
import { attentionSteps } from '../../docs/.vitepress/theme/steppers/attention.ts';
import { factorsSteps } from '../../docs/.vitepress/theme/steppers/factors.ts';
import { leakSteps } from '../../docs/.vitepress/theme/steppers/leak.ts';
import { liarsCaption, liarsSteps, truth } from '../../docs/.vitepress/theme/steppers/liars.ts';
import { lloydFrames, starts } from '../../docs/.vitepress/theme/steppers/lloyd.ts';
import { feedbackSteps } from '../../docs/.vitepress/theme/steppers/low-rank.ts';
import { films as orderFilms, orderSteps, windows } from '../../docs/.vitepress/theme/steppers/order.ts';
import { productSteps, size, walks } from '../../docs/.vitepress/theme/steppers/product.ts';
import { films, roundSteps } from '../../docs/.vitepress/theme/steppers/round.ts';
import { vanishingCaption, vanishingSteps } from '../../docs/.vitepress/theme/steppers/vanishing.ts';
import { answerTo, flipped, messageIn } from '../../docs/.vitepress/theme/steppers/wire.ts';
import { codecNames } from '../../lib/federated/wire.ts';

const printed = (name: string) =>
  readFileSync(new URL(`../../examples/${name}.expected.txt`, import.meta.url), 'utf8');

test('the stepper of lesson 1 walks the path of example 1', (t) => {
  const steps = factorsSteps();
  for (const [, step, loss] of printed('01-factorization').matchAll(/^ +(\d+) +(\d+\.\d\d)$/gm)) {
    t.equal(steps[Number(step)]!.loss.toFixed(2), loss, `loss after ${step} steps`);
  }
  const last = steps.at(-1)!.probabilities[0]!.map((value) => value.toFixed(2));
  t.ok(
    printed('01-factorization')
      .replaceAll('?', '')
      .includes(`Ann   ${last.slice(0, 2).join('  ')}`),
  );
  t.end();
});

test('the stepper of lesson 2 moves Q by what it says it sends', (t) => {
  const steps = roundSteps();
  t.equal(
    steps.length,
    11,
    'a start, two steps for each of three clients, and twice the sum and the broadcast',
  );
  const first = steps[0]!;
  t.deepEqual(steps[7]!.itemTable, first.itemTable, 'nothing moves before the broadcast');
  for (const [before, after] of [
    [first, steps[8]!],
    [steps[8]!, steps[10]!],
  ] as const) {
    after.itemTable.forEach((row, item) => {
      row.forEach((value, k) => {
        t.ok(Math.abs(value - before.itemTable[item]![k]! - after.wire!.values[item]![k]!) < 1e-6);
      });
    });
  }
  const sum = steps[7]!.sum!;
  const messages = [2, 4, 6].map((place) => steps[place]!.wire!);
  films.forEach((film, item) => {
    sum[item]!.forEach((value, k) => {
      const added = messages.reduce(
        (total, { rows, values }) => total + (values[rows.indexOf(film)]?.[k] ?? 0),
        0,
      );
      t.ok(Math.abs(value - added) < 1e-5, `G is the sum of the messages: ${film}`);
    });
  });
  const sizes = (step: number) => steps[step]!.wire!.values.flat().map((value) => Math.abs(value).toFixed(2));
  t.equal(new Set(sizes(8)).size, 1, "Adam's first step has one size");
  t.ok(new Set(sizes(10)).size > 5, 'the second has many');
  t.match(steps[8]!.caption, /the sign of G only/);
  t.match(steps[10]!.caption, /sizes count/);
  t.notDeepEqual(steps[1]!.vector!.values[0], steps[1]!.vector!.values[1], 'p takes its steps');
  t.end();
});

test('the stepper of lesson 3 sends what example 2 sends, and with a higher rank sooner', (t) => {
  const { steps, size } = feedbackSteps(1);
  t.ok(printed('02-low-rank-update').includes(`size of the whole step: ${size.toFixed(2)}`));
  const lines = printed('02-low-rank-update');
  steps.forEach(({ sentSize, carriedSize }, round) => {
    t.match(lines, new RegExp(`^  ${round + 1} +${sentSize.toFixed(2)} +${carriedSize.toFixed(2)}`, 'm'));
  });
  t.ok(
    feedbackSteps(3).steps[1]!.carriedSize < 1e-9,
    'rank five is through after two messages of rank three',
  );
  t.end();
});

test('the stepper of lesson 4 names every byte once, and every flipped bit is noticed', (t) => {
  for (const codec of codecNames) {
    const { bytes, fields, answer } = messageIn(codec);
    t.match(answer, /^accepted, [1-4] rows/);
    t.equal(fields[0]!.from, 0);
    t.equal(fields.at(-1)!.to, bytes.length, `${codec}: to the last byte`);
    fields.slice(1).forEach(({ from, name }, place) => {
      t.equal(from, fields[place]!.to, `${name} follows without a gap`);
    });
    for (let at = 0; at < bytes.length; at++) t.match(answerTo(flipped(bytes, at)), /rejected/, `byte ${at}`);
  }
  t.end();
});

test('the stepper of lesson 5 shows the sums of example 4, from the good start and from the bad one', (t) => {
  const sums = (start: (typeof starts)[number]) =>
    lloydFrames(start).flatMap(({ half, sum }) => (half === 'assign' ? [sum!.toFixed(1)] : []));
  sums('corner').forEach((sum, step) => {
    t.ok(
      printed('04-lloyd').includes(`Step ${step + 1}: `) && printed('04-lloyd').includes(` distances ${sum}`),
    );
  });
  t.ok(printed('04-lloyd').includes(`stuck at ${sums('two-in-one').at(-1)}`));
  t.end();
});

test('in the stepper of lesson 5, each half of an iteration changes one thing and lets the sum fall or stay', (t) => {
  for (const start of starts) {
    const frames = lloydFrames(start);
    frames.slice(1).forEach((frame, place) => {
      const before = frames[place]!;
      if (frame.half === 'assign') t.deepEqual(frame.centroids, before.centroids, 'centroids stay');
      else t.equal(frame.labels, before.labels, 'clusters stay');
      t.ok(frame.sum! <= (before.sum ?? Infinity) + 1e-9, `${start}: ${frame.caption}`);
    });
    t.match(frames.at(-1)!.caption, /0 clients changed cluster.*the end/);
  }
  t.end();
});

test('the stepper of lesson 6 ends with the weights and the personal parts of example 5', (t) => {
  for (const benIsThere of [true, false]) {
    const steps = attentionSteps(0.5, benIsThere);
    const line = steps[4]!.values[4]!.map((value) => (value ?? 0).toFixed(2)).join('  ');
    t.ok(printed('05-attention').includes(`  Eve   ${line}`), `Eve looks at ${line}`);
    for (const row of steps[4]!.values) {
      const sum = row.reduce<number>((total, value) => total + (value ?? 0), 0);
      t.ok(Math.abs(sum - 1) < 1e-9, 'a row adds up to 1');
    }
  }
  const part = attentionSteps(0.5, true)[5]!.values[0]!.map((value) => value!.toFixed(2));
  t.match(printed('05-attention'), new RegExp(`  Ann +${part.join(' +')}`));
  t.end();
});

test('in the stepper of lesson 7, kept tokens serve better than rows of zeros once everybody was heard', (t) => {
  const steps = vanishingSteps(0.5).filter(({ ages }) => ages.every((age) => age !== null));
  t.ok(steps.length > 5, `${steps.length} rounds`);
  for (const { round, kept, zeroRows } of steps) t.ok(kept >= zeroRows - 1e-9, `round ${round}`);
  t.ok(vanishingSteps(0.2).some(({ isHere, wasted }) => isHere.every(Boolean) && wasted === 0));
  t.end();
});

test('the sentence of lesson 7 says of its cosine what it amounts to, at every share and round', (t) => {
  for (const dropout of [0, 0.2, 0.5, 0.8, 0.99]) {
    for (const step of vanishingSteps(dropout)) {
      const caption = vanishingCaption(step);
      const says = /personal parts point (.+) they would/.exec(caption)![1]!;
      t.equal(/almost exactly|mostly/.test(says), step.kept >= 0.75, caption);
      t.equal(/hardly|nowhere|away/.test(says), step.kept < 0.4, caption);
      t.doesNotMatch(caption, /\b1 of 6 clients are/);
    }
  }
  t.end();
});

test('in the stepper of lesson 8, noise hides more the larger it is, and without it nothing is hidden', (t) => {
  const areas = [0, 0.5, 1, 2, 4].map((scale) => attack(scale).meanAuc);
  t.equal(areas[0], 1);
  for (let place = 1; place < areas.length; place++)
    t.ok(areas[place]! < areas[place - 1]!, `${areas[place]}`);
  t.ok(areas.at(-1)! > 0.5 && areas.at(-1)! < 0.6, 'near guessing at last');
  t.end();
});

test('in the stepper of lesson 9, the leak lifts a placebo to the first place; without it, nothing is learned', (t) => {
  const last = (...which: Parameters<typeof leakSteps>) => leakSteps(...which).at(-1)!;
  for (const held of ['liked', 'placebo'] as const) {
    t.ok(last('released', held).meanRank < 1.1, `${held}, with the leak`);
    const guessing = (last('leak-free', held).ranked.length + 1) / 2;
    t.ok(
      Math.abs(last('leak-free', held).meanRank - guessing) < 2,
      `${held}, without it: as good as guessing`,
    );
  }
  t.end();
});

test('in the stepper of lesson 10, all walks multiply alike and read less and less', (t) => {
  const ends = walks.map((walk) => productSteps(walk).at(-1)!);
  for (const { products } of ends) t.equal(products, size ** 3);
  t.deepEqual(
    ends.map(({ reads }) => reads),
    [1024, 256, 192],
    'counted by hand: 64 · 16, 4 · 64, 2 · 96',
  );
  t.equal(ends[2]!.instructions, size ** 3 / 4);
  t.end();
});

test('the stepper of lesson 11 gives what example 17 prints, and each server is fooled where its promise ends', (t) => {
  const steps = liarsSteps('opposite');
  const lines = printed('17-clients-that-lie').matchAll(/^ +(\d) of 10 lie +(\S+) +(\S+) +(\S+) +(\S+)$/gm);
  let compared = 0;
  for (const [, liars, ...figures] of lines) {
    const shown = steps[Number(liars)]!.results.slice(0, 4).map(({ value }) => value.toFixed(2));
    t.deepEqual(shown, figures, `${liars} liars`);
    compared++;
  }
  t.equal(compared, 5);
  const fooledFrom = (strategy: string) =>
    steps.findIndex(({ results }) => results.find((result) => result.strategy === strategy)!.isFooled);
  t.equal(fooledFrom('mean'), 1, 'one liar moves the mean');
  t.equal(fooledFrom('trimmed mean (20 %)'), 3, 'two of ten are trimmed away');
  t.equal(fooledFrom('median'), 5, 'the median gives in at one half');
  const louder = liarsSteps('louder');
  t.ok(louder[1]!.results[0]!.value > Math.max(...truth) - 0.1 && !louder[2]!.results[3]!.isFooled);
  t.ok(liarsCaption(steps[0]!).startsWith('Nobody lies. Every server'));
  t.ok(liarsCaption(steps[1]!).startsWith('1 client lies. Outside of what honest clients want: mean'));
  t.end();
});

test('the stepper of lesson 12 counts pairs of films by hand, and says who comes first', (t) => {
  const steps = orderSteps();
  t.equal(steps.length, windows.length + 1);
  for (const { arrived, together, nearness, caption } of steps) {
    const come = windows.slice(0, arrived).map(({ items }) => items);
    const holding = (...items: number[]) =>
      come.filter((set) => items.every((item) => set.includes(item))).length;
    orderFilms.forEach((_, x) => {
      orderFilms.forEach((__, y) => {
        const count = x === y ? 0 : holding(x, y);
        t.equal(together[x]![y], count);
        const near = count / Math.sqrt((holding(x) + 1) * (holding(y) + 1));
        t.ok(Math.abs(nearness[x]![y]! - near) < 1e-6);
      });
    });
    const first = nearness[0]!.indexOf(Math.max(...nearness[0]!));
    t.ok(
      arrived === 0 ? caption.includes('Nothing has come') : caption.includes(`shown ${orderFilms[first]}`),
      caption,
    );
  }
  t.end();
});
