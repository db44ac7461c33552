// The playground with a GPU that chromium's SwiftShader plays, without any, and with one that is lost in the middle.
import test from 'tape';
import { decodeTrace } from '../../lib/trace/trace-file.ts';
import { namelessControls, needsBrowser, type Page, saved, texts, withPage } from './browser.ts';
import { address, play, reaches, small } from './served-playground.ts';

const note = '#pg-compute-note';
const noteSays = (page: Page, pattern: string) =>
  page.waitForFunction(
    ([selector, wanted]) => new RegExp(wanted!).test(document.querySelector(selector!)?.textContent ?? ''),
    [note, pattern] as const,
  );
const saveTrace = '.pg-actions button:nth-of-type(2)';

/** A whole run; its trace, and what its page asked for. */
async function runOf(hash: string, gpu: 'none' | 'simulated') {
  return withPage({ gpu }, async ({ page, errors, requests }) => {
    await page.goto(await address(hash));
    await reaches(page, 'ready');
    await page.click(play);
    await reaches(page, 'finished');
    const { bytes } = await saved(page, saveTrace);
    const [told] = await texts(page, note);
    const weights = (await texts(page, '.pg-weights'))[0]!;
    return { trace: decodeTrace(bytes), told: told!, weights, errors, requests };
  });
}

test(
  'with a GPU, a run gives the same numbers within rounding, and its code is loaded only then',
  needsBrowser(),
  async (t) => {
    const own = await runOf(small, 'simulated');
    const other = await runOf(`${small}&compute=simulated`, 'simulated');
    t.match(other.told, /swiftshader does the attention, the processor the rest\./i);
    t.match(own.told, /^No graphics processor: there is only a GPU that the processor simulates/);
    t.equal(other.weights, own.weights);
    const pieces = ({ requests }: typeof own) =>
      requests.filter((url) => /graphics-\w+\.js$/.test(url)).length;
    t.deepEqual([pieces(own), pieces(other)], [0, 1], 'the kernels come with the choice');
    let [largest, compared] = [0, 0];
    own.trace.rounds.forEach((round, place) => {
      const same = other.trace.rounds[place]!;
      t.ok(Object.is(same.loss, round.loss), `round ${round.round}: clients learn the same`);
      if (!round.evaluation) return;
      const [a, b] = [round.evaluation, same.evaluation!];
      const [ours, theirs] = [a, b].map(({ validation }) => validation.ndcg10!);
      t.ok(Math.abs(ours! - theirs!) <= 0.005, `NDCG@10 ${theirs}`);
      a.top!.items.forEach((item, at) => {
        if (item < 0 || b.top!.items[at] !== item) return;
        largest = Math.max(largest, Math.abs(a.top!.personal[at]! - b.top!.personal[at]!));
        compared++;
      });
    });
    t.ok(compared > 100, `${compared} personal parts compared`);
    t.ok(
      largest > 0 && largest < 0.05, // both are rounded on their way, here to a step of the codec; a hair may change the step
      `they differ by at most ${largest.toExponential(1)}, but not by nothing`,
    );
    t.deepEqual([...own.errors, ...other.errors], []);
  },
);

test(
  'without WebGPU the choice is disabled with a reason, and a link that asks for it runs on the processor',
  needsBrowser(),
  async (t) => {
    const own = await runOf(small, 'none');
    await withPage({ gpu: 'none' }, async ({ page, errors }) => {
      await page.goto(await address(`${small}&compute=gpu`));
      await reaches(page, 'ready');
      await noteSays(page, 'The processor does it all: .+\\.$');
      t.ok(
        await page.evaluate(() => document.querySelector<HTMLOptionElement>('option[value="gpu"]')!.disabled),
      );
      t.deepEqual(await namelessControls(page), []);
      await page.click(play);
      await reaches(page, 'finished');
      t.match(
        (await texts(page, '.pg-alert'))[0]!,
        /^The graphics processor cannot be used \(.+\)\. Nothing is lost: /,
      );
      const trace = decodeTrace((await saved(page, saveTrace)).bytes);
      t.deepEqual(
        trace.rounds.map(({ evaluation }) => evaluation?.validation),
        own.trace.rounds.map(({ evaluation }) => evaluation?.validation),
        'the same figures',
      );
      t.match(await page.evaluate(() => location.hash), /compute=gpu/, 'the address keeps the wish');
      t.deepEqual(errors, []);
    });
  },
);

test(
  'a GPU that is lost in the middle is reported kindly, and the run goes on',
  needsBrowser(),
  async (t) => {
    await withPage({ gpu: 'simulated' }, async ({ page, loseGpu }) => {
      await page.goto(
        await address(`#users=60&items=80&groups=2&rounds=30&compute=simulated&round=5&phase=train`),
      );
      await reaches(page, 'paused'); // after round 5
      await noteSays(page, 'does the attention');
      await loseGpu();
      await page.click(play);
      await reaches(page, 'finished');
      t.match(
        (await texts(page, '.pg-alert'))[0]!,
        /^The graphics processor gave up in round \d+ \(webgpu: .+\)\. Nothing is lost: the processor has taken over, and the run goes on\.$/,
      );
      t.match((await texts(page, note))[0]!, /^The graphics processor has stopped/);
      t.equal(await page.evaluate(() => document.querySelector<HTMLElement>('.pg')!.dataset.rounds), '30');
    });
  },
);
