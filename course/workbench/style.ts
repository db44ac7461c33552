// How the Workbench looks: the site's colours where the site has some, in both themes, else its own.
export function styleElement(): HTMLStyleElement {
  const element = document.createElement('style');
  element.textContent = `
.workbench {
  --wb-plus: #2b7fd9; --wb-minus: #e07b00;
  --wb-text: var(--vp-c-text-1, #1d2430); --wb-quiet: var(--vp-c-text-2, #4a5565);
  --wb-back: var(--vp-c-bg, #fff); --wb-soft: var(--vp-c-bg-soft, #f4f6f9);
  --wb-line: var(--vp-c-text-3, #5b6675); --wb-brand: var(--vp-c-brand-1, #0b5cad);
  --wb-keyword: #8b1f6b; --wb-literal: #0b5cad; --wb-name: #6a3d00; --wb-marked: #ffe9a8; --wb-edge: #8a5a00; --wb-select: #cfe1f7;
  container-type: inline-size;
}
.workbench [hidden][hidden] { display: none }
.dark .workbench { --wb-plus: #4aa3ff; --wb-minus: #ff9d2e; --wb-keyword: #f0a3d8; --wb-literal: #8cc4ff; --wb-name: #ffce8a; --wb-marked: #4a3a12; --wb-edge: #ffce8a; --wb-select: #274b75 }
.workbench:focus-visible, .workbench :focus-visible { outline: 2px solid var(--wb-brand); outline-offset: 2px }
.workbench .cm-editor { border: 1px solid var(--wb-line); background: var(--wb-back); color: var(--wb-text); max-height: 32rem; font-size: .9rem }
.workbench .cm-editor .cm-gutters { background: var(--wb-soft); color: var(--wb-quiet); border-color: var(--vp-c-divider, #c5ccd6) }
.workbench .cm-editor .cm-activeLine, .workbench .cm-editor .cm-activeLineGutter { background: color-mix(in srgb, var(--wb-brand) 8%, transparent) }
.workbench .cm-editor .cm-cursor { border-left-color: var(--wb-text) }
.workbench .cm-editor .cm-selectionLayer .cm-selectionBackground, .workbench .cm-editor.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground { background: var(--wb-select) }
.workbench .cm-editor .cm-matchingBracket, .workbench .cm-editor.cm-focused .cm-matchingBracket { background: var(--wb-select); color: inherit }
.workbench .cm-editor :is(.cm-panels, .cm-tooltip) { background: var(--wb-soft); color: var(--wb-text); border-color: var(--wb-line) }
.workbench .cm-editor .cm-textfield { background: var(--wb-back); color: var(--wb-text); border-color: var(--wb-line) }
.workbench .cm-editor .cm-button { background: var(--wb-soft); color: var(--wb-text) }
.workbench .cm-editor .cm-line.at { background: var(--wb-marked); box-shadow: inset 3px 0 0 var(--wb-edge) }
.workbench .bar { display: flex; flex-wrap: wrap; gap: .5rem; margin: .6rem 0; align-items: center }
.workbench button, .workbench select { font: inherit; font-size: .95rem; padding: .3rem .8rem; border: 1px solid var(--wb-line); border-radius: .3rem; background: var(--wb-soft); color: var(--wb-text) }
.workbench button { cursor: pointer }
.workbench select { appearance: auto; max-width: 100%; padding: .3rem .4rem }
.workbench button:disabled, .workbench button[aria-disabled=true] { opacity: .5; cursor: default }
.workbench button.forward { border-color: var(--vp-c-brand-3, #0b5cad); background: var(--vp-c-brand-3, #0b5cad); color: #fff }
.workbench pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--wb-soft); color: var(--wb-text); padding: .5rem; font-size: .85rem }
.workbench ul { list-style: none; padding: 0 }
.workbench svg { max-width: 24rem; width: 100%; border: 1px solid var(--vp-c-divider, #c5ccd6); background: var(--wb-back); color: var(--wb-text) }
.workbench polyline { fill: none; stroke-width: 2; stroke: var(--wb-plus) }
.workbench polyline.library { stroke: var(--wb-minus); stroke-dasharray: 5 4 }
.workbench label.case { display: block; max-width: 100%; font-size: .9rem }
.workbench label.case select { max-width: min(36rem, 100%) }
.workbench .step-controls .bar { gap: .4rem; margin: .5rem 0 }
.workbench .step-controls .to { display: inline-flex; gap: .3rem }
.workbench .slide label { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; font-size: .9rem; font-variant-numeric: tabular-nums }
.workbench .slide span { min-width: 8.5rem }
.workbench .slide input { flex: 1 1 8rem; accent-color: var(--vp-c-brand-3, #0b5cad) }
.workbench .calls { margin: .4rem 0 0; font-size: .85rem; line-height: 1.4; color: var(--wb-quiet) }
.workbench .caption { min-height: 3.2em; margin: .2rem 0 .5rem; font-size: .95rem; line-height: 1.6 }
.workbench .split.stepping { display: grid; grid-template-columns: minmax(0, 1fr); gap: .8rem }
.workbench .split.stepping .cm-editor { max-height: 24rem }
@container (min-width: 44rem) {
  .workbench .split.stepping { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr) }
}
.workbench .source { min-width: 0; border: 1px solid var(--vp-c-divider, #c5ccd6); border-radius: .4rem; background: var(--wb-soft) }
.workbench .source .head { margin: 0; padding: .3rem .6rem; font-size: .85rem; overflow-wrap: anywhere; border-bottom: 1px solid var(--vp-c-divider, #c5ccd6) }
.workbench .source pre { position: relative; margin: 0; padding: .4rem 0; max-height: 14rem; overflow: auto; white-space: pre; background: none; font: .8rem/1.6 var(--vp-font-family-mono, monospace) }
@container (min-width: 44rem) { .workbench .source pre { max-height: 26rem } }
.workbench .source .line { display: block; width: max-content; min-width: 100%; padding-right: 1rem }
.workbench .source .line::before { content: attr(data-line); display: inline-block; width: 2.4rem; margin-right: .8rem; color: var(--wb-quiet); text-align: right }
.workbench .source .comment { color: var(--wb-quiet) }
.workbench .source .at { background: var(--vp-c-brand-soft, #dbe9fb); box-shadow: inset 3px 0 0 var(--wb-brand) }
.workbench .step-variables { min-width: 0; max-height: 30rem; overflow: auto; font-size: .85rem; line-height: 1.5 }
.workbench :is(.step-variables, .fields) { display: flex; flex-wrap: wrap; gap: 0 1.2rem; align-content: flex-start }
.workbench :is(.around, .result, .variable:has(> .fields)) { flex-basis: 100% }
.workbench :is(.variable, .grid) { min-width: 0; max-width: 100% }
.workbench .fields > .head { flex-basis: 100% }
.workbench .step-variables p { margin: .25rem 0; line-height: 1.5 }
.workbench .step-variables span, .workbench .around, .workbench .more { color: var(--wb-quiet) }
.workbench .step-variables code { font-size: .85rem; color: var(--wb-text) }
.workbench .fields { margin: .3rem 0; padding-left: .7rem; border-left: 2px solid var(--vp-c-divider, #c5ccd6) }
.workbench .scroller { max-width: 100%; overflow-x: auto }
.workbench .scroller table { display: table; width: auto; margin: .1rem 0 .4rem; border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums }
.workbench .scroller tr, .workbench .scroller tr:nth-child(2n) { border: 0; background: none }
.workbench .scroller :is(th, td) { padding: .1rem .4rem; border: 0; background: none; color: var(--wb-text); font-size: .8rem; text-align: right; white-space: nowrap }
.workbench .scroller th { color: var(--wb-quiet); font-weight: 400 }
.workbench .changed { outline: 2px solid var(--wb-text); outline-offset: -2px; font-weight: 700 }
.workbench code.changed { outline-offset: 1px }
.workbench .result { margin-bottom: .5rem; padding: .2rem .5rem; border-radius: .3rem; background: var(--vp-c-brand-soft, #dbe9fb) }
`;
  return element;
}
