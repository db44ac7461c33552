import test from 'tape';
import { firstLoadBytes } from '../../scripts/playground.ts';
import {
  namelessControls,
  needsBrowser,
  numbersShown,
  type Page,
  pixelsOf,
  texts,
  withPage,
} from './browser.ts';
import { address, play, playgroundFolder, reaches, small } from './served-playground.ts';

const step = 'button[aria-label="Step forward"]';
const back = 'button[aria-label="Step back"]';

const figure = async (page: Page) => Number((await texts(page, '.fv-legend .fv-number'))[0]!.split(' ')[0]);

test('the playground learns: press Play, and HR@10 rises', needsBrowser(), async (t) => {
  await withPage({}, async ({ page, errors, requests }) => {
    const home = await address('#users=200&items=200&rounds=10&speed=fast');
    await page.goto(home);
    await reaches(page, 'ready');
    t.match((await texts(page, '.fv-story'))[0]!, /200 clients hold their own ratings of 200 items/);
    t.deepEqual(await namelessControls(page), [], 'every control has a name');
    await page.focus('input[name=rank]');
    t.match(
      (await texts(page, '.term-help'))[0]!,
      /^Rank down: .*cut down to/,
      'a field that is entered is explained',
    );
    await page.hover('select[name=codec]');
    t.match((await texts(page, '.term-help'))[0]!, /^Codec: In how many bits/, 'one that is pointed at, too');
    await page.click(play);
    await reaches(page, 'finished');
    const last = await figure(page);
    await page.click('button[aria-label="Next moment of the phase evaluate"]'); // from the end: the first evaluation
    await page.waitForFunction(
      () => document.querySelector('.fv-moment')!.textContent === 'Round 1: evaluate',
    );
    await numbersShown(page);
    const first = await figure(page);
    t.ok(last > first + 0.05, `HR@10 ${first} in round 1, ${last} in round 10`);
    t.deepEqual(errors, [], 'no errors');
    t.ok(
      requests.every((url) => url.startsWith(home.split('#')[0]!)),
      `nothing but its own files: ${requests}`,
    );
  });
});

test('a step back shows exactly the numbers and pictures from before', needsBrowser(), async (t) => {
  await withPage({}, async ({ page, errors }) => {
    await page.goto(await address(small));
    await reaches(page, 'ready');
    const seen: { numbers: string[]; plane: string; attention: string }[] = [];
    const look = async () => ({
      numbers: await numbersShown(page),
      plane: await pixelsOf(page, '.fv-panel-plane canvas'),
      attention: await pixelsOf(page, '.fv-panel-attention canvas'),
    });
    seen.push(await look());
    for (let moments = 0; moments < 24; moments++) {
      const before = (await texts(page, '.fv-moment'))[0]!;
      await page.click(step);
      await page.waitForFunction((was) => document.querySelector('.fv-moment')!.textContent !== was, before);
      seen.push(await look());
    }
    t.ok(new Set(seen.map(({ numbers }) => numbers[0])).size === 25, 'every step is a moment of its own');
    t.match(seen.at(-1)!.numbers[0]!, /^Round [2-8]:/, 'steps past the end have made new rounds');
    for (let at = seen.length - 2; at >= 0; at--) {
      await page.click(back);
      const now = await look();
      t.deepEqual(now.numbers, seen[at]!.numbers, `back at “${seen[at]!.numbers[0]}”`);
      t.ok(now.plane === seen[at]!.plane && now.attention === seen[at]!.attention, 'the same pixels');
    }
    t.deepEqual(errors, []);
  });
});

test(
  'an address brings back the run and the moment; Reset brings back the weights',
  needsBrowser(),
  async (t) => {
    const hash = `${small}&recipe=fedtlrec&clusters=3&heads=2&dropout=0.3&b=fedmf`;
    const copied = await withPage({}, async ({ page }) => {
      await page.goto(await address(hash));
      await reaches(page, 'ready');
      const weights = (await texts(page, '.pg-weights'))[0]!;
      await page.click(play);
      await reaches(page, 'finished');
      await page.click('button[aria-label="Back one round"]');
      await page.click(back);
      await page.waitForFunction(() => location.hash.includes('round=7&phase=attend'));
      const said = await page.evaluate(() => location.hash);
      await page.evaluate(() => {
        location.hash = '#a-place-on-the-page'; // what a heading's link and “skip to content” do
      });
      await page.waitForFunction(() => location.hash !== '#a-place-on-the-page');
      t.equal(await page.evaluate(() => location.hash), said, 'a link to a place begins no other run');
      const numbers = await numbersShown(page);
      const url = await page.evaluate(() => location.href);
      await page.click('.pg-actions button'); // Reset
      await page.waitForFunction(
        () => document.querySelector('.fv-moment')!.textContent === 'Before the first round',
      );
      await reaches(page, 'ready');
      t.equal((await texts(page, '.pg-weights'))[0]!, weights, 'the same weights after Reset');
      return { url, numbers, weights };
    });
    await withPage({ theme: 'dark' }, async ({ page, errors }) => {
      await page.goto(copied.url);
      await page.waitForFunction(
        (moment) => document.querySelector('.fv-moment')?.textContent === moment,
        copied.numbers[0]!,
      );
      t.deepEqual(await numbersShown(page), copied.numbers, 'the same numbers on another page');
      t.equal((await texts(page, '.pg-weights'))[0]!, copied.weights, 'from the same weights');
      const labels = (await texts(page, '.fv-legend li')).map((text) =>
        text.split(' ').slice(0, 2).join(' '),
      );
      t.deepEqual(labels, ['A: fedtlrec', 'B: fedmf'], 'both runs are compared');
      t.match(
        (await texts(page, '.fv-panel-quality .fv-facts')).join(' '),
        /A: fedtlrec − B: fedmf = [+−]\.\d+ ± \.\d+ over \d+ clients, (no more|which|more) /,
        'and their difference, client by client',
      );
      t.deepEqual(errors, []);
    });
  },
);

test(
  'a dropped ratings file is read and trained on, a broken one is explained kindly',
  needsBrowser(),
  async (t) => {
    const drop = (page: Page, name: string, text: string) =>
      page.evaluate(
        ([fileName, content]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([content!], fileName!));
          document.body.dispatchEvent(
            new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
          );
        },
        [name, text] as const,
      );
    const lines = ['userId,movieId,rating,timestamp'];
    for (let user = 0; user < 30; user++) {
      for (let place = 0; place < 8; place++)
        lines.push(`p${user},film ${(user * 7 + place * 5) % 40},4,${place}`);
    }
    await withPage({}, async ({ page, errors, requests }) => {
      const home = await address();
      await page.goto(`${home}#rounds=3&speed=fast`);
      await reaches(page, 'ready');
      await drop(page, 'broken.csv', 'user,item,rating\nu1,i1,4\nu1,i2,many\n');
      await reaches(page, 'failed');
      const isSeen = await page.evaluate(
        () => (document.querySelector('.fv-play') as HTMLElement).offsetParent !== null,
      );
      t.notOk(isSeen, 'panels of the data before are gone, and Play with them');
      const [complaint] = await texts(page, '.pg-alert');
      t.match(
        complaint!,
        /This file cannot be used\. broken\.csv:3: a rating must be a number, got "many"\. A ratings file has/,
      );
      // The reader of the library, with its words: likes alone, semicolons, and names of other catalogues.
      const likes = lines.slice(1).map((line) => line.split(',').slice(0, 2).join('\t'));
      const semicolons = lines.map((line) => line.replaceAll(',', ';'));
      const films = lines.slice(1).map((line) => line.split(',').slice(0, 3).join(','));
      for (const [name, content, columns] of [
        ['likes.txt', likes, /columns: user 1, item 2; rating: none, every line is a like; time: none/],
        ['semicolons.csv', semicolons, /columns: user 1 \(userId\), .*time 4 \(timestamp, an order\)/],
        [
          'films.csv',
          ['name,film,stars', ...films],
          /columns: user 1 \(name\), item 2 \(film\), rating 3 \(stars\); time: none/,
        ],
      ] as const) {
        await drop(page, name, content.join('\n'));
        await reaches(page, 'ready');
        t.match((await texts(page, '.pg-note')).join(' '), columns, name);
      }
      const unclear = lines.slice(1).map((line) => line.split(',').reverse().join(','));
      await drop(page, 'unclear.csv', unclear.join('\n'));
      await reaches(page, 'failed');
      t.match((await texts(page, '.pg-alert')).join(' '), /cannot be told .*--columns/);
      await page.fill('.pg-reading', '--columns time,rating,item,user');
      await page.press('.pg-reading', 'Enter');
      await reaches(page, 'ready');
      t.match(
        (await texts(page, '.pg-note')).join(' '),
        /30 users, 40 items, 240 ratings; columns: user 4, item 3/,
      );
      await page.fill('.pg-reading', '');
      await page.press('.pg-reading', 'Enter');
      await reaches(page, 'failed');
      await drop(page, 'mine.csv', lines.join('\n'));
      await reaches(page, 'ready');
      t.match((await texts(page, '.pg-note')).join(' '), /mine\.csv: 30 users, 40 items, 240 ratings/);
      t.equal(await page.evaluate(() => (document.querySelector('.pg-alert') as HTMLElement).hidden), true);
      await page.click(play);
      await reaches(page, 'finished');
      t.ok((await figure(page)) > 0, 'it is evaluated');
      t.ok(
        (await texts(page, '.fv-item')).some((item) => /film \d+/.test(item)),
        'lists show its own item names',
      );
      t.deepEqual(errors, []);
      t.ok(
        requests.every((url) => url.startsWith(home)),
        'nothing was sent anywhere else',
      );
    });
  },
);

test(
  'numbers explain themselves to pointer and keyboard; the code behind them opens',
  needsBrowser(),
  async (t) => {
    await withPage({ width: 400 }, async ({ page, errors }) => {
      await page.goto(await address('#users=60&items=80&groups=2&rounds=2&speed=fast'));
      await reaches(page, 'ready');
      await page.click(play);
      await reaches(page, 'finished');
      await page.focus('.fv-legend .fv-number');
      t.match(
        (await texts(page, '.fv-bubble'))[0]!,
        /HR@10.*mean over 60 users in round 2: \.\d+.*lib\/evaluation\/metrics\.ts:\d+/s,
      );
      await page.press('.fv-legend .fv-number', 'Enter');
      await page.press('.fv-source', 'Enter');
      t.match((await texts(page, '.fv-dialog .fv-here'))[0]!, /name: 'hr10'/);
      await page.press('.fv-dialog', 'Escape');
      await page.focus('.fv-panel-attention canvas');
      await page.press('.fv-panel-attention canvas', 'ArrowRight');
      const [bubble] = await texts(page, '.fv-bubble');
      t.match(
        bubble!,
        /exp\(-?[\d.e-]+ \/ 0\.1\) \/ [\d.e+-]+ = [\d.e-]+|in no cluster/,
        'live numbers in the formula',
      );
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      t.ok(overflow <= 0, 'nothing sticks out of a phone');
      t.deepEqual(errors, []);
    });
  },
);

test('the seed can be changed without a network', needsBrowser(), async (t) => {
  await withPage({}, async ({ page, errors }) => {
    await page.goto(await address(`${small}&rounds=2`));
    await reaches(page, 'ready');
    await page.context().setOffline(true);
    const weights = () => texts(page, '.pg-weights');
    const seen = [await weights()];
    for (const seed of ['2', '3']) {
      await page.fill('input[name=seed]', seed);
      await page.press('input[name=seed]', 'Tab');
      await page.waitForFunction(
        (before) => document.querySelector('.pg-weights')!.textContent !== before,
        seen.at(-1)![0]!,
      );
      await reaches(page, 'ready');
      seen.push(await weights());
    }
    await page.fill('input[name=seed]', '1');
    await page.press('input[name=seed]', 'Tab');
    await page.waitForFunction(
      (first) => document.querySelector('.pg-weights')!.textContent === first,
      seen[0]![0]!,
    );
    await reaches(page, 'ready');
    await page.click(play);
    await reaches(page, 'finished');
    t.equal(new Set(seen.flat()).size, 3, 'each seed has its own weights, the first one comes back');
    t.deepEqual(errors, []);
  });
});

test('a first visit loads less than 500 KB', needsBrowser(), async (t) => {
  await address();
  const bytes = firstLoadBytes(playgroundFolder);
  t.ok(bytes < 500_000, `${bytes} bytes compressed`);
});
