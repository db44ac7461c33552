// The look of what is around the viewer.

export const playgroundStyle = `
.pg { color: var(--ink); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; }
.pg *, .pg *::before { box-sizing: border-box; }
.pg [hidden] { display: none !important; }
.pg .pg-form { display: grid; gap: 8px; }
.pg fieldset { border: 1px solid var(--line); border-radius: 10px; background: var(--paper); padding: 4px 12px 10px; margin: 0; display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: end; min-width: 0; }
.pg legend { font-weight: 650; font-size: 13px; padding: 0 4px; float: none; }
.pg .pg-field { display: grid; gap: 2px; font-size: 12px; color: var(--soft); }
.pg .pg-field input, .pg .pg-field select, .pg .fv-button { font: inherit; font-size: 14px; color: var(--ink); background: var(--wash); border: 1px solid var(--line); border-radius: 7px; padding: 4px 8px; min-height: 32px; }
.pg .pg-field input { width: 6.4em; }
.pg .pg-field select { max-width: 15em; }
.pg .pg-field select[name=compute] { max-width: 20em; }
.pg select { appearance: auto; }
.pg .fv-button { cursor: pointer; }
.pg .fv-button:hover { border-color: var(--accent); }
.pg .fv-play { background: var(--accent); color: var(--paper); border-color: var(--accent); }
.pg .pg-file { display: none; }
.pg .pg-reading { font: 13px ui-monospace, monospace; width: 22em; max-width: 100%; }
.pg .pg-note { color: var(--soft); font-size: 13px; }
.pg .pg-check { cursor: pointer; }
.pg .pg-actions { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin: 10px 0; }
.pg .pg-weights { margin-left: auto; color: var(--soft); font: 12px ui-monospace, Menlo, Consolas, monospace; }
.pg .pg-alert { border: 1px solid #d55e00; border-left-width: 5px; border-radius: 8px; background: var(--paper); padding: 10px 14px; margin: 0 0 12px; overflow-wrap: anywhere; }
.pg [inert] { opacity: .55; }
.pg .pg-settings { margin: 12px 0; }
.pg .pg-waiting { min-height: 660px; }
.pg .pg-questions { display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: 6px 16px; align-items: end; }
.pg .pg-questions select { max-width: 100%; width: 26em; }
.pg .pg-watch { margin: 0; min-height: 2.9em; line-height: 1.45; }
.pg .pg-watch a { color: var(--accent); text-decoration: underline; }
.pg .fv-quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pg .pg-legend { margin-top: 10px; border: 1px solid var(--line); border-radius: 10px; padding: 6px 12px; background: var(--paper); }
.pg .pg-legend summary { cursor: pointer; min-height: 24px; font-weight: 650; }
.pg .pg-legend ul { list-style: none; margin: 6px 0; padding: 0; columns: 320px 3; column-gap: 24px; }
.pg .pg-legend li { display: flex; gap: 10px; margin: 0 0 6px; font-size: 13px; break-inside: avoid; }
.pg .pg-legend svg { flex: none; width: 32px; height: 24px; }
.pg .pg-check input { width: 24px; height: 24px; margin: 0 4px 0 0; vertical-align: middle; }
@media (max-width: 620px) { .pg .pg-questions { grid-template-columns: minmax(0, 1fr); } .pg .pg-questions select { width: 100%; } .pg legend { font-size: 12px; } .pg fieldset { padding: 2px 8px 8px; gap: 6px 8px; } .pg .pg-field input { width: 5.2em; } .pg .pg-weights { margin-left: 0; } }
`;
