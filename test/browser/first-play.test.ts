// The playground's first minute: Play walks through round 1, a screen reader hears a sentence a phase, a question brings its settings;
// and the same without motion, by keyboard, and zoomed in.
import test from 'tape';
import { needsBrowser, type Page, texts, withPage } from './browser.ts';
import { address, play, reaches } from './served-playground.ts';

const tiny = '#users=40&items=60&groups=2&rounds=4&clusters=2';
const step = 'button[aria-label="Step forward"]';

/** Collects what the page tells screen readers, and which moments it shows. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const heard = { said: [] as string[], moments: [] as string[] };
    Object.assign(globalThis, { heard });
    const watch = (selector: string, list: string[]) => {
      const place = document.querySelector(selector)!;
      const look = () => {
        const text = place.textContent ?? '';
        if (text !== '' && list.at(-1) !== text) list.push(text);
      };
      new MutationObserver(look).observe(place, { childList: true, characterData: true, subtree: true });
    };
    watch('.fv > .fv-quiet', heard.said);
    watch('.fv-moment', heard.moments);
  });
const heard = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { heard: { said: string[]; moments: string[] } }).heard);

test(
  'the first Play walks through one round, phase by phase, then asks for a speed',
  needsBrowser(),
  async (t) => {
    await withPage({}, async ({ page, errors }) => {
      await page.goto(await address(tiny));
      await reaches(page, 'ready');
      await listen(page);
      const speed = () =>
        page.evaluate(
          () => (document.querySelector('.fv-where select') as HTMLElement).offsetParent !== null,
        );
      t.notOk(await speed(), 'no choice of speed yet');
      await page.click(play);
      await page.waitForFunction(() =>
        document.querySelector('.fv-story')!.textContent!.includes('That was a whole round'),
      );
      const { said, moments } = await heard(page);
      const phasesOf = (names: string[]) => names.map((name) => name.replace(/, step .*|\. .*/, ''));
      const phases = ['train at home', 'send', 'merge, broadcast', 'K-means', 'attention', 'evaluate'];
      t.deepEqual(
        [...new Set(phasesOf(moments))],
        phases.map((phase) => `Round 1: ${phase}`),
        'every phase, and only of round 1',
      );
      t.ok(said.length <= phases.length + 1, `${said.length} sentences for ${moments.length} moments`);
      t.match(said.join(' '), /clients train on their own rows/);
      t.ok(await speed(), 'now the speed can be chosen');
      t.match((await texts(page, '.fv-story'))[0]!, /press Play for the other 3\.$/);
      t.deepEqual(errors, []);
    });
  },
);

test(
  'a question brings its settings, names its lesson, and stands in the address',
  needsBrowser(),
  async (t) => {
    await withPage({}, async ({ page, errors }) => {
      await page.goto(await address('#lesson=7&rounds=2&users=40&items=60'));
      await reaches(page, 'ready');
      const value = (name: string) =>
        page.evaluate(
          (wanted) => document.querySelector<HTMLInputElement>(`[name="${wanted}"]`)!.value,
          name,
        );
      t.deepEqual(
        [await value('lesson'), await value('dropout'), await value('b.dropout')],
        ['7', '0.5', '0'],
      );
      t.match((await texts(page, '.pg-watch'))[0]!, /^What if half are absent\?/);
      t.equal(await page.evaluate(() => location.hash), '#lesson=7&users=40&items=60&rounds=2');
      t.deepEqual(
        await texts(page, '.fv-lesson'),
        ['lesson 2', 'lesson 3', 'lesson 4', 'lesson 5', 'lesson 1', 'lesson 6', 'lesson 9'],
        'each panel names its lesson',
      );
      t.deepEqual(errors, []);
    });
  },
);

test(
  'stations open, by keyboard too, and lead to their panel; Escape closes them',
  needsBrowser(),
  async (t) => {
    await withPage({}, async ({ page, errors }) => {
      await page.goto(await address(`${tiny}&speed=fast`));
      await reaches(page, 'ready');
      await page.click(play);
      await reaches(page, 'finished');
      await page.press('.flow-station[data-name=attention]', 'Enter');
      t.match(
        (await texts(page, '.flow-detail'))[0]!,
        /shares its attention, head 1, τ = 0\.1\. The clients drawn get \d+ %/,
      );
      await page.press('.flow-detail button', 'Escape');
      t.deepEqual(await texts(page, '.flow-detail'), []);
      const focused = () => page.evaluate(() => document.activeElement?.className ?? '');
      t.match(await focused(), /flow-station/, 'and the focus is where it was');
      await page.press('.flow-station[data-name=attention]', 'Enter');
      await page.click('.flow-detail p .flow-button');
      t.match(await focused(), /fv-panel-attention/, 'the focus is on the panel');
      await page.press('.fv-panel-attention canvas', 'ArrowRight');
      t.match(
        (await texts(page, '.fv > .fv-quiet'))[0]!,
        / to |does not listen|in no cluster/,
        'arrow keys are read out',
      );
      t.deepEqual(errors, []);
    });
  },
);

test(
  'who wants no motion steps: Play goes one moment on, and nothing moves by itself',
  needsBrowser(),
  async (t) => {
    await withPage({ wantsNoMotion: true }, async ({ page, errors }) => {
      await page.goto(await address(tiny));
      await reaches(page, 'ready');
      await page.click(play);
      await page.waitForFunction(
        () => document.querySelector('.fv-moment')!.textContent === 'Round 1: train at home',
      );
      t.deepEqual(await texts(page, play), ['▶ Next'], 'it waits for the next press');
      const bytes = async () => (await texts(page, '.fv-panel-bytes .fv-facts'))[0]!;
      const left = async () => (await texts(page, '.fv-panel-client .fv-facts')).at(-1)!;
      t.match(await bytes(), /up – · down –/, 'while clients train, nothing has been sent');
      t.match(await left(), /client – · server’s step –/, 'and the server has made no step');
      await page.click(play);
      await page.waitForFunction(() => document.querySelector('.fv-moment')!.textContent === 'Round 1: send');
      t.match(await bytes(), /up \d+ B · down –/, 'then the messages are seen, the way down is not');
      t.match(await left(), /client 0 % · server’s step –/);
      t.equal(await page.locator('.flow-parcel').count(), 0);
      t.deepEqual(errors, []);
    });
  },
);

test(
  'at 400 % zoom nothing covers the page, and targets are large enough for a finger',
  needsBrowser(),
  async (t) => {
    await withPage({ width: 320 }, async ({ page, errors }) => {
      await page.setViewportSize({ width: 320, height: 256 });
      await page.goto(await address(tiny));
      await reaches(page, 'ready');
      await page.click(step);
      const found = await page.evaluate(() => {
        const small = [...document.querySelectorAll('.pg :is(button, select, input, summary)')]
          .filter((one) => (one as HTMLElement).offsetParent !== null)
          .map((one) => ({ text: one.outerHTML.slice(0, 80), box: one.getBoundingClientRect() }))
          .filter(({ box }) => box.width < 24 || box.height < 24)
          .map(({ text, box }) => `${box.width.toFixed(0)} × ${box.height.toFixed(0)}: ${text}`);
        const overflow = document.documentElement.scrollWidth - innerWidth;
        const position = getComputedStyle(document.querySelector('.fv-top')!).position;
        const picture = document.querySelector('.flow')!.getBoundingClientRect().top;
        const form = document.querySelector('.pg-form')!.getBoundingClientRect().top;
        return { small, overflow, position, formFollows: form > picture };
      });
      t.deepEqual(found.small, [], 'targets are at least 24 pixels wide and high');
      t.ok(found.overflow <= 0, 'nothing sticks out');
      t.equal(found.position, 'static', 'the timeline does not stick');
      t.ok(found.formFollows, 'the settings come after the picture');
      t.deepEqual(errors, []);
    });
  },
);
