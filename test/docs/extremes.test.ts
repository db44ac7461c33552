// Every stepper with everything that can be chosen, at every step: each sentence is whole, and says what its numbers say.
// The numbers are worked out here a second time, from the state that is drawn, or by hand.
import { readFileSync } from 'node:fs';
import test from 'tape';
import { searchOf, stateIn } from '../../docs/.vitepress/theme/steppers/address.ts';
import { steppers } from '../../docs/.vitepress/theme/steppers/all.ts';
import { attack } from '../../docs/.vitepress/theme/steppers/attack.ts';
import { attentionSteps } from '../../docs/.vitepress/theme/steppers/attention.ts';
import { factorsSteps } from '../../docs/.vitepress/theme/steppers/factors.ts';
import { type Inputs, usualValues, type Values } from '../../docs/.vitepress/theme/steppers/inputs.ts';
import { leakSteps } from '../../docs/.vitepress/theme/steppers/leak.ts';
import { liarsSteps, truth } from '../../docs/.vitepress/theme/steppers/liars.ts';
import { lloydFrames } from '../../docs/.vitepress/theme/steppers/lloyd.ts';
import { feedbackSteps } from '../../docs/.vitepress/theme/steppers/low-rank.ts';
import { orderSteps } from '../../docs/.vitepress/theme/steppers/order.ts';
import { productSteps, walks } from '../../docs/.vitepress/theme/steppers/product.ts';
import { roundSteps } from '../../docs/.vitepress/theme/steppers/round.ts';
import { vanishingSteps } from '../../docs/.vitepress/theme/steppers/vanishing.ts';
import { messageIn } from '../../docs/.vitepress/theme/steppers/wire.ts';
import { plural } from '../../docs/.vitepress/theme/steppers/words.ts';
import { faultsOf } from './grammar.ts';
import { readPage } from './markdown.ts';

/** Everything that can be chosen, in every combination. */
function combinations(inputs: Inputs): Values[] {
  return Object.entries(inputs).reduce<Values[]>(
    (all, [name, { choices }]) =>
      all.flatMap((values) => choices.map(([word]) => ({ ...values, [name]: word }))),
    [{}],
  );
}

test('every sentence of every stepper is whole and good English, whatever is chosen', (t) => {
  let sentences = 0;
  for (const [name, { inputs, sentences: all }] of Object.entries(steppers)) {
    for (const values of combinations(inputs)) {
      const said = all(values);
      const faults = said.flatMap(faultsOf);
      t.deepEqual(faults, [], `${name} ${new URLSearchParams(values)}`);
      for (const sentence of said) t.match(sentence, /^[A-Z\d].*[.)]$/, 'begins and ends as a sentence does');
      sentences += said.length;
    }
  }
  t.ok(sentences > 1000, `${sentences} sentences`);
  t.end();
});

test('faults are recognised, and sentences without fault are let through', (t) => {
  const wrong = [
    ...[
      'After 1 steps.',
      '0 round alone.',
      'The cosine is NaN.',
      '1 of 6 clients are absent.',
      '3 of 6 clients is absent.',
    ],
    ...[
      'It moved by -0.00.',
      'It took 1.47e+3 ms.',
      'AUC 0.123456789.',
      'Ann wants  and Ben.',
      'A gap ().',
      'The token is 1 old.',
      '12 item follow.',
    ],
  ];
  for (const sentence of wrong) t.notDeepEqual(faultsOf(sentence), [], sentence);
  const right = [
    'After 1 step.',
    '0 rounds alone.',
    '1 of 6 clients is absent.',
    'By 0.00 and −0.01.',
    'Rows 0.5, 21 clients.',
  ];
  for (const sentence of right) t.deepEqual(faultsOf(sentence), [], sentence);
  t.end();
});

test('the number beside the slider is the one that the sentence names', (t) => {
  let named = 0;
  for (const [name, { inputs, first, sentences }] of Object.entries(steppers)) {
    const file = `${name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Stepper.vue`;
    const frame = readFileSync(
      new URL(`../../docs/.vitepress/theme/steppers/${file}`, import.meta.url),
      'utf8',
    );
    const begins = Number(/:first="(\d)"/.exec(frame)?.[1] ?? 1);
    t.equal(begins, first, `${name}: the frame counts as the address does`);
    const unit = /unit="(\w+)"/.exec(frame)?.[1] ?? 'Step';
    for (const values of combinations(inputs)) {
      sentences(values).forEach((sentence, step) => {
        const said = new RegExp(`^(?:After )?${unit} (\\d+)\\b`, 'i').exec(sentence)?.[1];
        if (said === undefined) return;
        named++;
        t.equal(
          Number(said),
          step + first,
          `${name}: ${unit} ${step + first}, and the sentence: ${sentence}`,
        );
      });
    }
  }
  t.ok(named > 20, `${named} sentences name their place`);
  t.end();
});

test('none, one and many of anything that is counted read well', (t) => {
  for (const noun of ['client', 'round', 'multiplication', 'item', 'step', 'film', 'row', 'message']) {
    for (const count of [0, 1, 2, 21, 101])
      t.deepEqual(faultsOf(`There: ${plural(count, noun)}.`), [], plural(count, noun));
  }
  t.end();
});

/** The numbers of a sentence, in order. */
const numbersIn = (sentence: string) =>
  Array.from(sentence.matchAll(/−?-?\d+(?:\.\d+)?/g), ([text]) => Number(text.replace('−', '-')));

/** The numbers that the step draws, as its sentence must say them. */
const rules: Readonly<Record<string, (values: Values) => (number | string)[][]>> = {
  factors: () =>
    factorsSteps().map(({ loss, probabilities }, step) => [
      step,
      loss.toFixed(2),
      probabilities[0]![2]!.toFixed(2),
      probabilities[3]![4]!.toFixed(2),
    ]),
  attention: ({ temperature, ben }) => {
    const steps = attentionSteps(Number(temperature), ben === 'yes');
    const [wants, , cosines, , shares, parts] = steps.map(({ values }) => values);
    return [
      ...[[], [], [1, -1, cosines![0]![1]!.toFixed(2)], [temperature!]],
      [1, (100 * (shares![0]![1] ?? 0)).toFixed(0)],
      [parts![0]![2]!.toFixed(2), wants![0]![2]!.toFixed(1)],
    ];
  },
  attack: ({ noise }) => {
    const { ranked, auc, meanAuc } = attack(Number(noise));
    const touched = ranked.filter(({ isTouched }) => isTouched).length;
    const known = [auc.toFixed(2), 60, meanAuc.toFixed(2), 5, 1];
    const named = (count: number) => ranked.slice(0, count).filter(({ isTouched }) => isTouched).length;
    return Array.from({ length: ranked.length + 1 }, (_, count) => [
      ...(count === 0 ? [ranked.length, touched] : [...(count === 1 ? [] : [count]), named(count), touched]),
      ...known,
    ]);
  },
  leak: ({ negatives, held }) =>
    leakSteps(...([negatives, held] as Parameters<typeof leakSteps>)).map(({ ranked, meanRank }, round) => [
      ...[round, 1 + ranked.findIndex(({ isHeld }) => isHeld), ranked.length, 60, meanRank.toFixed(1)],
    ]),
  'low-rank': ({ rank }) => {
    const { size, steps } = feedbackSteps(Number(rank));
    const norm = (rows: readonly (readonly number[])[]) => Math.hypot(...rows.flat());
    return [
      [size.toFixed(2), 40, rank!, 13 * Number(rank)],
      ...steps.map(({ sent, carried, relativeError }, at) => [
        ...[at + 1, norm(sent).toFixed(2)],
        ...(norm(sent) < 0.005 ? [] : [(100 * relativeError).toFixed(0)]),
        norm(carried).toFixed(2),
      ]),
    ];
  },
  vanishing: ({ absent }) =>
    vanishingSteps(Number(absent) / 100).map(({ round, isHere, ages, kept, zeroRows, wasted }) => {
      const away = isHere.filter((here) => !here).length;
      const unheard = ages.filter((age) => age === null).length;
      return [
        ...[round, ...(away > 0 ? [away, 6] : []), ...(unheard > 1 ? [unheard] : []), kept.toFixed(2)],
        ...(away > 0 ? [zeroRows.toFixed(2), (100 * wasted).toFixed(0)] : []),
      ];
    }),
  product: ({ walk }) =>
    productSteps(walks.find(({ word }) => word === walk)!).map(({ reads, products, instructions }) => [
      ...[reads, products, (reads / products).toFixed(2), instructions],
    ]),
};

test('where a sentence has numbers, they are those of what is drawn', (t) => {
  for (const [name, rule] of Object.entries(rules)) {
    const { inputs, sentences } = steppers[name]!;
    for (const values of combinations(inputs)) {
      const wanted = rule(values);
      const said = sentences(values);
      t.equal(said.length, wanted.length, `${name}: a rule for each sentence`);
      said.forEach((sentence, at) => {
        const numbers = numbersIn(sentence.replace('.5 is guessing', '5 is guessing'));
        t.deepEqual(
          numbers,
          wanted[at]!.map((number) => Number(number) + 0),
          sentence,
        );
      });
    }
  }
  t.end();
});

test('where a sentence draws a conclusion, the numbers draw it too', (t) => {
  for (const lie of ['opposite', 'louder'] as const) {
    const said = steppers.liars!.sentences({ lie });
    liarsSteps(lie).forEach(({ results }, at) => {
      for (const { strategy, value } of results) {
        const isOutside = value < Math.min(...truth) - 1e-6 || value > Math.max(...truth) + 1e-6;
        const isNamed = said[at]!.includes(strategy) || said[at]!.includes('No server');
        t.equal(isNamed, isOutside, `${strategy}, ${value}: ${said[at]}`);
      }
    });
  }
  for (const start of ['corner', 'two-in-one', 'drawn'] as const) {
    lloydFrames(start).forEach(({ half, caption, sum }, at, frames) => {
      if (half !== 'move') return;
      const [, before, after] = numbersIn(caption);
      t.ok(after! < before!, `falls: ${caption}`);
      t.equal(after!.toFixed(1), sum!.toFixed(1));
      t.equal(before!.toFixed(1), frames[at - 1]!.sum!.toFixed(1));
    });
  }
  orderSteps().forEach(({ nearness, caption }) => {
    const best = Math.max(...nearness[0]!);
    t.equal(/is shown/.test(caption), best > 0, caption);
  });
  roundSteps().forEach(({ caption, wire }) => {
    const [, least, most] = /move by (\d+\.\d+) to (\d+\.\d+)/.exec(caption) ?? [];
    if (least === undefined) return;
    const sizes = wire!.values
      .flat()
      .map(Math.abs)
      .filter((size) => size > 0);
    t.deepEqual(
      [least, most],
      [Math.min(...sizes), Math.max(...sizes)].map((size) => size.toFixed(2)),
      caption,
    );
  });
  t.end();
});

test('the sentences of lesson 4 name bytes that are there', (t) => {
  for (const [codec] of steppers.wire!.inputs.codec!.choices) {
    const { bytes, fields } = messageIn(codec as 'float32');
    steppers.wire!.sentences({ codec, flip: 'no' }).forEach((sentence, at) => {
      const [from, to = from] = numbersIn(/^Bytes? \d+(?: to \d+)?/.exec(sentence)![0]);
      t.deepEqual([from, to! + 1], [fields[at]!.from, fields[at]!.to], sentence);
    });
    t.equal(fields.at(-1)!.to, bytes.length);
    const scale = fields.find(({ name }) => name === 'scale of A');
    if (scale)
      t.match(scale.meaning, /largest size in A, 0\.800,/, 'of what is sent: the 1 at the end is not');
  }
  t.end();
});

test('an address brings back every state, and knows no other', (t) => {
  for (const [name, { inputs, first, sentences }] of Object.entries(steppers)) {
    for (const values of combinations(inputs)) {
      const last = sentences(values).length - 1;
      for (const step of [0, 1, last]) {
        const search = searchOf({ step, values }, inputs, first, '?theme=dark');
        t.deepEqual(stateIn(search, inputs, first), { step, values }, `${name}${search}`);
        t.equal(new URLSearchParams(search).get('theme'), 'dark', 'other words stay');
      }
    }
    t.equal(searchOf({ step: 0, values: usualValues(inputs) }, inputs, first), '', `${name}: nothing to say`);
    for (const search of [
      '?step=-1',
      '?step=NaN',
      '?step=1.5',
      '?step=x',
      `?${Object.keys(inputs)[0]}=nothing`,
    ])
      t.deepEqual(
        stateIn(search, inputs, first),
        { step: 0, values: usualValues(inputs) },
        `${name}${search}`,
      );
  }
  t.end();
});

test('the page on embedding lists every stepper with its words', (t) => {
  const page = readPage('docs/embedding.md');
  for (const [name, { lesson, inputs, first, sentences }] of Object.entries(steppers)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    t.ok(row.includes(`(lessons/${lesson}.md)`), `${name}: ${row}`);
    for (const [input, { choices }] of Object.entries(inputs))
      t.ok(row.includes(`\`${input}\` ${choices.map(([word]) => word).join(', ')}`), `${name}: ${input}`);
    const counts = new Set(combinations(inputs).map((values) => sentences(values).length));
    const [count] = counts;
    const range = `\`step\` ${first}–${first + count! - 1}`;
    t.equal(row.includes(range), counts.size === 1, `${name}: ${range}`);
  }
  t.end();
});
