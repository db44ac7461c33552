// A class with one participant in a real browser: the page picks films, trains in its worker, and the server ends with the bits of the
// simulator. Skips with the reason where there is no browser.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as mqtt from 'mqtt';
import test from 'tape';
import { serverDigest } from '../../lib/classroom/class-run.ts';
import { classAt, type Entered, enterClass, takeSeat } from '../../lib/classroom/join-class.ts';
import { serveClass } from '../../lib/classroom/serve-class.ts';
import { itemsOf, type Split } from '../../lib/data/split.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { colrSecureSum } from '../../lib/peers/colr-secure-sum.ts';
import { train } from '../../lib/training/train.ts';
import { homeRatings, people, settingsOf } from '../classroom/class-in-process.ts';
import { closeBrowser, namelessControls, needsBrowser, texts, withPage } from './browser.ts';

const picked = [3, 5, 8, 13, 21, 34];
test.onFinish(() => void closeBrowser());

/** The split with what the page picked as the last user's, nothing of it held out. */
function withPicked({ train: known, validation, test: held, ...split }: Split): Split {
  const rows = [itemsOf(known, 0), itemsOf(known, 1), Uint32Array.from(picked)];
  const offsets = Uint32Array.of(
    0,
    ...rows.map((_, user) => rows.slice(0, user + 1).flatMap((row) => [...row]).length),
  );
  const itemOf = Uint32Array.from(rows.flatMap((row) => [...row]));
  return {
    ...split,
    train: { users: 3, items: known.items, offsets, itemOf },
    validation: Int32Array.of(validation[0]!, validation[1]!, -1),
    test: Int32Array.of(held[0]!, held[1]!, -1),
  };
}

test(
  'one participant is a page in Chromium: the same digest as the simulator, nothing asked from elsewhere',
  needsBrowser(),
  async (t) => {
    const split = withPicked(people(3));
    const settings = settingsOf(fedtlrec, { rounds: 4, evaluateEvery: 4 });
    const { memory } = await train(fedtlrec, split, { settings });
    const out = mkdtempSync(join(tmpdir(), 'fedtlrec-page-'));
    const items = Array.from({ length: split.train.items }, (_, item) => ({
      id: String(item),
      title: `film ${item}`,
    }));
    const served = await serveClass({
      ...{ recipe: fedtlrec, settings, items, seats: 3, code: 'apple', out, isResumed: false, port: 0 },
      ...{ host: '127.0.0.1', deadline: 30_000, quorum: 1, startWith: 3, asksForFigures: true },
    });
    const address = `http://127.0.0.1:${served.port}`;
    const facts = await classAt(address);
    const members: Entered[] = [];
    for (const user of [0, 1]) {
      const seat = await takeSeat(address, 'apple');
      members.push(
        await enterClass({
          address,
          facts,
          seat,
          ratings: homeRatings(split, user),
          mqtt,
          givesFigures: true,
        }),
      );
    }
    const finishing = served.finish();
    await withPage({ width: 390 }, async ({ page, errors, requests }) => {
      await page.goto(`${address}/#wrong`);
      await page.waitForSelector('.films input');
      t.deepEqual(await namelessControls(page), []);
      for (const item of picked) await page.check(`.films input[value="${item}"]`);
      await page.evaluate(() => document.querySelector<HTMLInputElement>('input[name=figures]')!.click());
      await page.click('button[type=submit]');
      await page.waitForFunction(() => document.querySelector('[role=alert]:not([hidden])'));
      t.match((await texts(page, '[role=alert]'))[0] ?? '', /not the code of the class/);
      errors.length = 0; // the browser notes the refusal
      await page.evaluate(() => document.querySelector<HTMLInputElement>('input[name=figures]')!.click());
      await page.fill('input[name=code]', 'apple');
      await page.click('button[type=submit]');
      await page.waitForSelector('#status');
      await page.goto(`${address}/?again#apple`); // a reload in mid-run: seat, films and what it was sending are kept
      await page.waitForSelector('#attack');
      t.match((await texts(page, 'h1'))[0] ?? '', /You are client 2/, 'the same seat');
      t.match((await texts(page, '#status'))[0] ?? '', /over, after 4 rounds/);
      t.match((await texts(page, '#bytes'))[0] ?? '', /^([0-9a-f]{2} ?)+$/);
      t.match((await texts(page, '#attack'))[0] ?? '', /yours/);
      t.match((await texts(page, '#part'))[0] ?? '', /film \d+/, 'what others add');
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      t.ok(width <= 390, `${width} pixels wide`);
      t.deepEqual(errors, []);
      t.deepEqual(
        requests.filter((url) => !url.startsWith(address) && !url.startsWith('data:')),
        [],
      );
    });
    t.equal(await finishing, await serverDigest(memory), 'the digest');
    await withPage({}, async ({ page, errors }) => {
      await page.goto(`${address}/teacher#${served.teacherKey}`);
      await page.waitForSelector('.seat');
      t.match((await texts(page, '#status'))[0] ?? '', /Over, after 4 rounds/);
      t.deepEqual(errors, []);
    });
    await Promise.all(members.map(({ participant }) => participant.leave()));
    await served.close();
    rmSync(out, { recursive: true, force: true });
  },
);

test(
  'secure sums with a page in Chromium: keys are agreed, the digest is the simulator’s, and its own message tells nothing',
  needsBrowser(),
  async (t) => {
    const split = withPicked(people(3));
    const settings = settingsOf(colrSecureSum, { rounds: 2, evaluateEvery: 2 });
    const { memory } = await train(colrSecureSum, split, { settings });
    const out = mkdtempSync(join(tmpdir(), 'fedtlrec-masked-page-'));
    const items = Array.from({ length: split.train.items }, (_, item) => ({
      id: String(item),
      title: `film ${item}`,
    }));
    const served = await serveClass({
      ...{ recipe: colrSecureSum, settings, items, seats: 3, code: 'apple', out, isResumed: false, port: 0 },
      ...{ host: '127.0.0.1', deadline: 30_000, quorum: 1, startWith: 3, asksForFigures: true },
    });
    const address = `http://127.0.0.1:${served.port}`;
    const facts = await classAt(address);
    const fingerprints: (string | undefined)[] = [];
    const members: Entered[] = [];
    for (const user of [0, 1]) {
      const seat = await takeSeat(address, 'apple');
      const ratings = homeRatings(split, user);
      members.push(await enterClass({ address, facts, seat, ratings, mqtt, givesFigures: true }));
    }
    const finishing = served.finish();
    await withPage({ width: 390 }, async ({ page, errors }) => {
      await page.goto(`${address}/#apple`);
      await page.waitForSelector('.films input');
      for (const item of picked) await page.check(`.films input[value="${item}"]`);
      await page.evaluate(() => document.querySelector<HTMLInputElement>('input[name=figures]')!.click());
      await page.click('button[type=submit]');
      await page.waitForSelector('#attack');
      fingerprints.push(...(await texts(page, '#fingerprint')));
      t.match((await texts(page, '#attack'))[0] ?? '', /is masked/);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      t.ok(width <= 390, `${width} pixels wide`);
      t.deepEqual(errors, []);
    });
    fingerprints.push(...members.map(({ home }) => home.masked?.fingerprint));
    t.deepEqual(fingerprints, [fingerprints[0], fingerprints[0], fingerprints[0]], 'the same six digits');
    t.equal(await finishing, await serverDigest(memory), 'the digest');
    await Promise.all(members.map(({ participant }) => participant.leave()));
    await served.close();
    rmSync(out, { recursive: true, force: true });
  },
);
