import fc from 'fast-check';
import test from 'tape';
import { visibleJson, visibleText } from '../../lib/data/visible-text.ts';

test('characters that act are written out, all others stay', (t) => {
  const cases: [text: string, shown: string][] = [
    ['plain, ümläut, 映画, 🎬, a\\b', 'plain, ümläut, 映画, 🎬, a\\b'],
    ['\x1b[2Jcls', '\\u001b[2Jcls'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\x07\x7f\x9b2J', '\\u0007\\u007f\\u009b2J'],
    ['\u202etxt.exe\u2066x\u2069', '\\u202etxt.exe\\u2066x\\u2069'],
    ['one\u2028two\u2029', 'one\\u2028two\\u2029'],
    ['\ud800', '\\ud800'],
  ];
  for (const [text, shown] of cases) t.equal(visibleText(text), shown, shown);
  t.end();
});

test('whatever the text, nothing in what is shown acts, and JSON reads back the same', (t) => {
  const acts = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
  const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
    const json = visibleJson({ [text]: [text] });
    return (
      !acts.test(visibleText(text)) &&
      !acts.test(json) &&
      JSON.stringify(JSON.parse(json)) === JSON.stringify({ [text]: [text] })
    );
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 1000 }));
  t.end();
});
