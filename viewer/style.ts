// The look of the viewer, under `.fv` only, so that it lives in any page. The theme is set as `data-fv-theme` by the
// viewer; canvases take the same colours from palette.ts. Panels hide what overflows, because columns of boxes that cannot be cut are
// laid out three times as fast; nothing moves by itself when a moment marks it, because that would cost frames.

import { takeStyle } from './take/style.ts';

export const styleSheet = `${takeStyle}
.fv, .fv-themed { --paper: #ffffff; --ink: #1b2029; --soft: #5a6473; --line: #dbe0e8; --wash: #f3f5f9; --accent: #0b62a8; --glow: #fff3d6; --new: #e4f1fb; }
.fv[data-fv-theme=dark], .fv-themed[data-fv-theme=dark] { --paper: #171b22; --ink: #e9edf3; --soft: #a3adbb; --line: #343c48; --wash: #20262f; --accent: #6cb8f0; --glow: #4a3a12; --new: #1d3346; }
.fv { position: relative; color: var(--ink); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; text-align: left; container-type: inline-size; }
.fv *, .fv *::before { box-sizing: border-box; }
.fv [hidden] { display: none !important; }
.fv .fv-top { position: sticky; top: var(--fv-sticky, 0); z-index: 5; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 10px 12px 8px; box-shadow: 0 2px 10px rgb(0 0 0 / .06); }
.fv .fv-timeline { display: grid; grid-template-columns: auto 1fr; gap: 6px 12px; align-items: center; }
.fv .fv-buttons { display: flex; gap: 4px; flex-wrap: wrap; }
.fv .fv-button, .fv select, .fv .fv-tab, .fv .fv-chip { font: inherit; color: var(--ink); background: var(--wash); border: 1px solid var(--line); border-radius: 7px; padding: 4px 10px; min-height: 32px; cursor: pointer; }
.fv select { appearance: auto; }
.fv .fv-button:hover, .fv .fv-tab:hover, .fv .fv-chip:hover { border-color: var(--accent); }
.fv .fv-play, .fv .fv-primary { background: var(--accent); color: var(--paper); border-color: var(--accent); font-weight: 600; min-width: 92px; }
.fv input[type=range] { width: 100%; min-width: 0; accent-color: var(--accent); height: 28px; margin: 0; }
.fv .fv-where { grid-column: 1 / -1; display: flex; gap: 6px 14px; align-items: center; flex-wrap: wrap; }
.fv .fv-moment { font-weight: 650; min-width: 15em; }
.fv .fv-chips { display: flex; gap: 4px; flex-wrap: wrap; }
.fv .fv-chip { min-height: 26px; padding: 1px 9px; font-size: 12px; border-radius: 999px; color: var(--soft); }
.fv .fv-chip[aria-current] { background: var(--accent); color: var(--paper); border-color: var(--accent); }
.fv .fv-story { margin: 0; line-height: 1.45; min-height: 1.45em; color: var(--soft); flex: 1; }
.fv .fv-row { display: flex; gap: 6px 14px; align-items: center; flex-wrap: wrap; margin: 4px 0; }
.fv .fv-panels { columns: 350px 4; column-gap: 12px; margin-top: 12px; }
.fv .fv-panels:has(> :only-child) { columns: auto; }
.fv .fv-panel { break-inside: avoid; margin: 0 0 12px; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; min-width: 0; overflow: hidden; }
.fv .fv-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: start; gap: 4px 8px; }
.fv h2 { font-size: 15px; line-height: 1.3; margin: 0; padding: 0; border: 0; letter-spacing: 0; font-weight: 650; color: var(--ink); }
.fv h3 { font-size: 12px; margin: 0 0 4px; color: var(--soft); font-weight: 600; }
.fv .fv-lesson { margin-left: auto; font-size: 12px; color: var(--soft); white-space: nowrap; }
.fv a.fv-lesson { color: var(--accent); text-decoration: underline; min-height: 24px; line-height: 24px; }
.fv .fv-panel { scroll-margin-top: calc(var(--fv-sticky, 0px) + 170px); }
.fv > .flow { margin-top: 12px; }
.fv .fv-quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.fv .fv-hint { margin: 2px 0 8px; color: var(--soft); font-size: 12.5px; line-height: 1.4; min-height: 2.8em; }
.fv .fv-facts { margin: 6px 0 2px; color: var(--soft); font-size: 13px; }
.fv .fv-sheet { display: block; width: 100%; touch-action: pan-y; border-radius: 4px; }
.fv .fv-number { display: inline-block; min-height: 24px; min-width: 24px; font: inherit; line-height: 23px; text-align: center; font-weight: 650; color: var(--ink); background: none; border: 0; border-bottom: 1px dotted var(--soft); padding: 0 1px; margin: 0; cursor: help; font-variant-numeric: tabular-nums; }
.fv .fv-strong { font-weight: 650; color: var(--ink); }
.fv .fv-field { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; color: var(--soft); }
.fv .fv-wide { display: grid; grid-template-columns: 5.5em 1fr; }
.fv .fv-legend { list-style: none; margin: 4px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; }
.fv .fv-legend li { margin: 0; }
.fv .fv-key { display: inline-block; width: 18px; height: 4px; border-radius: 2px; background: var(--key); vertical-align: middle; margin-right: 3px; }
.fv .fv-tabs { display: flex; gap: 4px; flex-wrap: wrap; margin-bottom: 6px; }
.fv .fv-tab { min-height: 28px; padding: 2px 9px; font-size: 12px; }
.fv .fv-tab[aria-pressed=true] { border-color: var(--accent); color: var(--accent); font-weight: 650; }
.fv .fv-lists { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.fv .fv-list { margin: 0; padding: 0 0 0 22px; font-size: 13px; }
.fv .fv-list li { margin: 0; padding: 1px 4px; border-radius: 4px; min-height: 24px; }
.fv .fv-list li::marker { color: var(--soft); }
.fv .fv-item { display: inline-block; min-width: 5em; overflow-wrap: anywhere; }
.fv .fv-list .fv-number { color: var(--soft); font-weight: 400; float: right; }
.fv .fv-held { background: var(--glow); font-weight: 650; }
.fv .fv-new { background: var(--new); }
.fv .fv-bubble { position: absolute; z-index: 10; max-width: min(400px, 92cqw); background: var(--paper); color: var(--ink); border: 1px solid var(--accent); border-radius: 8px; padding: 8px 11px; font-size: 13px; line-height: 1.4; box-shadow: 0 6px 24px rgb(0 0 0 / .22); overflow-wrap: anywhere; }
.fv .fv-formula { font-family: Cambria, "STIX Two Math", Georgia, serif; font-size: 14px; margin: 3px 0; }
.fv .fv-live { color: var(--accent); }
.fv .fv-source { display: inline-block; margin-top: 4px; font-size: 12px; color: var(--soft); text-decoration: underline; }
.fv .fv-dialog { border: 1px solid var(--line); border-radius: 10px; padding: 0; max-width: min(860px, 94vw); width: max-content; color: var(--ink); background: var(--paper); }
.fv .fv-dialog::backdrop { background: rgb(0 0 0 / .4); }
.fv .fv-dialog header { display: flex; justify-content: space-between; gap: 16px; align-items: center; padding: 8px 12px; border-bottom: 1px solid var(--line); }
.fv .fv-dialog pre { margin: 0; padding: 10px 0; max-height: 70vh; overflow: auto; font: 12.5px/1.5 ui-monospace, Menlo, Consolas, monospace; background: var(--wash); }
.fv .fv-line { display: block; padding: 0 12px; }
.fv .fv-line-number { display: inline-block; width: 3.5em; color: var(--soft); user-select: none; }
.fv .fv-here { background: var(--glow); }
.fv :focus-visible, .fv-themed :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
@container (max-width: 620px) {
  .fv .fv-timeline { grid-template-columns: 1fr; }
  .fv .fv-top { padding: 6px 8px; border-radius: 0 0 10px 10px; }
  .fv .fv-story { font-size: 12.5px; flex-basis: 100%; }
  .fv .fv-buttons { justify-content: space-between; }
  .fv .fv-button { padding: 4px 7px; }
  .fv .fv-play { min-width: 78px; }
  .fv .fv-chips { display: none; }
  .fv .fv-panel { padding: 10px; }
  .fv .fv-hint { min-height: 0; }
}
@media (max-height: 560px) { .fv .fv-top { position: static; } } /* zoomed in, the bar would cover what it moves */
@media print {
  .fv .fv-top { position: static; box-shadow: none; }
  .fv .fv-timeline > :not(.fv-where), .fv .fv-where .fv-field, .fv .fv-chips, .fv .fv-bubble, .fv input[type=range] { display: none; }
  .fv .fv-panels { columns: 2 300px; }
  .fv .fv-panel { font-size: 8.5pt; overflow: visible; }
  .fv .fv-sheet { height: auto !important; }
  .fv .fv-key, .fv .fv-held, .fv .fv-new { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (prefers-reduced-motion: no-preference) { :is(.fv-chip, .fv-button, .fv-tab):hover { transition: border-color .12s; } }
`;
