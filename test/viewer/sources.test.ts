import { readFileSync } from 'node:fs';
import test from 'tape';
import { findSources } from '../../scripts/source-regions.ts';
import { formulas } from '../../viewer/formulas.ts';

test('every formula of the viewer points to a line of the library that is there', (t) => {
  const sources = findSources();
  t.deepEqual(Object.keys(sources).sort(), Object.keys(formulas).sort());
  for (const [name, place] of Object.entries(sources)) {
    const line = readFileSync(new URL(`../../${place.file}`, import.meta.url), 'utf8').split('\n')[
      place.line - 1
    ]!;
    t.ok(line.includes(formulas[name as keyof typeof formulas].find), `${name}: ${place.file}:${place.line}`);
    t.ok(place.code.startsWith(line), 'with the code from there on');
  }
  t.end();
});
