// The look of the flow picture, on any page, in light and dark, before and after its program runs. Four stations a row where
// there is room, two on a phone; the order of the arrows is the same.

const light =
  '--flow-paper:#fff;--flow-ink:#1b2029;--flow-soft:#5a6473;--flow-line:#c9d0da;--flow-wash:#f3f5f9;--flow-accent:#0b62a8;--flow-on:#fff;--flow-glow:#e4f1fb;--flow-plus:#084580;--flow-minus:#c44e00;--flow-star:#b35c00;--flow-c0:#0072b2;--flow-c1:#d55e00;--flow-c2:#009e73;--flow-c3:#b8569a;--flow-c4:#c98a00;--flow-c5:#3a9bd8;--flow-c6:#6a6f78;--flow-c7:#8a7f00';
const dark =
  '--flow-paper:#171b22;--flow-ink:#e9edf3;--flow-soft:#a3adbb;--flow-line:#46505e;--flow-wash:#20262f;--flow-accent:#6cb8f0;--flow-on:#10141a;--flow-glow:#1d3346;--flow-plus:#82cdff;--flow-minus:#ff9650;--flow-star:#ffc04d;--flow-c0:#56b4e9;--flow-c1:#f58a4b;--flow-c2:#2cc79c;--flow-c3:#e39cc9;--flow-c4:#f2b632;--flow-c5:#9ad6ff;--flow-c6:#b9c0ca;--flow-c7:#e6da4d';

export const flowStyle = `
.flow { ${light}; container-type: inline-size; position: relative; color: var(--flow-ink); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; text-align: left; }
.dark .flow, [data-fv-theme=dark] .flow { ${dark}; }
.flow *, .flow *::before, .flow *::after { box-sizing: border-box; }
.flow [hidden] { display: none !important; }
.flow .flow-stations { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); column-gap: 22px; grid-template-areas: "phones message sum table" "row1 row1 row1 row1" "list attention groups tokens" "row3 row3 row3 row3"; }
.flow .flow-station { position: relative; display: flex; flex-direction: column; min-width: 0; margin: 0 0 22px; padding: 7px 9px 8px; border: 1.5px solid var(--flow-line); border-radius: 10px; background: var(--flow-paper); color: var(--flow-ink); font: inherit; line-height: 1.35; text-align: left; cursor: pointer; }
.flow .flow-station:hover { border-color: var(--flow-accent); }
.flow .flow-station[data-at-work] { border-color: var(--flow-accent); background: var(--flow-glow); box-shadow: 0 0 0 1.5px var(--flow-accent); }
.flow .flow-station[aria-expanded=true] { border-style: dashed; border-color: var(--flow-ink); }
.flow .flow-station::after { position: absolute; color: var(--flow-soft); font-size: 17px; line-height: 1; content: var(--arrow); }
.flow .flow-title { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 6px; font-weight: 650; white-space: nowrap; }
.flow .flow-where { color: var(--flow-soft); font-size: 11.5px; font-weight: 400; }
.flow .flow-drawing { display: block; margin: 5px 0 4px; }
.flow svg { display: block; width: 100%; height: auto; }
.flow svg text { font: 12px system-ui, sans-serif; }
.flow svg text[font-size="44"] { font-size: 44px; }
.flow svg text[font-size="20"] { font-size: 20px; }
.flow .flow-figure { display: block; min-height: 2.7em; font-size: 12.5px; overflow-wrap: anywhere; }
.flow .flow-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; margin: 0 0 12px; }
.flow .flow-story { flex: 1 1 16em; margin: 0; min-height: 4.4em; line-height: 1.45; }
.flow .flow-moment { display: block; font-weight: 650; }
.flow .flow-button { font: inherit; min-height: 34px; padding: 4px 12px; border: 1px solid var(--flow-line); border-radius: 7px; background: var(--flow-wash); color: var(--flow-ink); cursor: pointer; }
.flow .flow-button:hover { border-color: var(--flow-accent); }
.flow .flow-play { min-width: 96px; border-color: var(--flow-accent); background: var(--flow-accent); color: var(--flow-on); font-weight: 650; }
.flow .flow-button[aria-disabled=true] { opacity: .5; cursor: default; }
.flow .flow-detail { margin: -6px 0 20px; padding: 10px 14px 12px; border: 1.5px dashed var(--flow-ink); border-radius: 10px; background: var(--flow-paper); display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.2fr); gap: 6px 22px; }
.flow .flow-detail > header { grid-column: 1 / -1; display: flex; justify-content: space-between; align-items: center; gap: 12px; }
.flow .flow-detail strong { font-size: 15px; }
.flow .flow-detail p { margin: 0 0 8px; line-height: 1.45; }
.flow .flow-detail a { color: var(--flow-accent); text-decoration: underline; }
.flow .flow-numbers { max-height: 340px; overflow: auto; }
.flow .flow-numbers table { display: table; width: auto; margin: 0; border-collapse: collapse; font-size: 13px; }
.flow .flow-numbers :is(tr, th, td) { border: 0; background: none; }
.flow .flow-numbers :is(th, td) { padding: 1px 14px 1px 0; font-size: 13px; font-weight: 400; text-align: right; color: var(--flow-ink); }
.flow .flow-numbers :is(th, td):first-child { text-align: left; }
.flow .flow-numbers thead th { color: var(--flow-soft); }
.flow .flow-air { position: absolute; inset: 0; overflow: hidden; pointer-events: none; z-index: 2; }
.flow .flow-parcel { position: absolute; top: 0; left: 0; width: 11px; height: 8px; border-radius: 2px; border: 1px solid var(--flow-paper); opacity: 0; }
.flow :focus-visible { outline: 2px solid var(--flow-accent); outline-offset: 2px; }
.flow .flow-quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
${areas(['phones', 'message', 'sum', 'table', 'tokens', 'groups', 'attention', 'list'])}
${arrows({ phones: 'right', message: 'right', sum: 'right', table: 'down', tokens: 'left', groups: 'left', attention: 'left', list: 'up' })}
${rows({ row1: ['phones', 'message', 'sum', 'table'], row3: ['tokens', 'groups', 'attention', 'list'] })}
@container (max-width: 640px) {
.flow .flow-stations { grid-template-columns: repeat(2, minmax(0, 1fr)); grid-template-areas: "phones message" "row1 row1" "table sum" "row2 row2" "tokens groups" "row3 row3" "list attention" "row4 row4"; }
.flow .flow-where { display: none; }
.flow svg .flow-nothing { font-size: 16px; }
.flow .flow-detail { grid-template-columns: minmax(0, 1fr); padding: 8px 10px; }
.flow .flow-story { flex-basis: 100%; order: 1; }
${arrows({ phones: 'right', message: 'down', sum: 'left', table: 'down', tokens: 'right', groups: 'down', attention: 'left', list: 'none' })}
${rows({ row1: ['phones', 'message'], row2: ['sum', 'table'], row3: ['tokens', 'groups'], row4: ['attention', 'list'] })}
}
`;

function areas(names: readonly string[]): string {
  return names.map((name) => `.flow .flow-station[data-name=${name}] { grid-area: ${name}; }`).join('\n');
}

type Way = 'right' | 'left' | 'down' | 'up' | 'none';

/** An arrow in the gap beside a station, to the next one. */
function arrows(ways: Readonly<Record<string, Way>>): string {
  const looks: Record<Way, string> = {
    right: '--arrow: "→"; inset: 42% -20px auto auto;',
    left: '--arrow: "←"; inset: 42% auto auto -20px;',
    down: '--arrow: "↓"; inset: auto auto -20px 47%;',
    up: '--arrow: "↑"; inset: -20px auto auto 47%;',
    none: '--arrow: none; inset: auto;',
  };
  return Object.entries(ways)
    .map(([name, way]) => `.flow .flow-station[data-name=${name}]::after { ${looks[way]} }`)
    .join('\n');
}

/** Under which row an open station's numbers stand. */
function rows(stations: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(stations)
    .flatMap(([area, names]) =>
      names.map((name) => `.flow .flow-detail[data-of=${name}] { grid-area: ${area}; }`),
    )
    .join('\n');
}
