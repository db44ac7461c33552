// A run as one page that opens without network: figures, the viewer on the run's own data, how to repeat it.
// In: what to say and the recorded runs; out: an HTML file of bounded size. Traces that are too large lose details of
// every second round until the page fits, never a figure.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { visibleText } from '../data/visible-text.ts';
import { bytesOf, keptWithin } from '../trace/thinning.ts';
import type { Trace } from '../trace/trace.ts';
import { encodeTrace } from '../trace/trace-file.ts';
import { writeWhole } from './output-file.ts';

/** What the page holds as JSON in the element `report-data`. */
export interface ReportData {
  readonly title: string;
  /** What is said above the tables. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly tables: readonly ReportTable[];
  /** The commands that repeat it. */
  readonly commands: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Where the formulas of the viewer stand in the library. */
  readonly sources: unknown;
  /** Recorded runs: gzip of a trace file, in base64. */
  readonly traces: readonly { readonly label: string; readonly packed: string }[];
}

export interface ReportTable {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
}

export interface ReportInput extends Omit<ReportData, 'sources' | 'traces'> {
  readonly runs: readonly { readonly label: string; readonly trace: Trace }[];
}

/** The program of the page, and where its formulas' code stands. */
interface Viewer {
  readonly script: string;
  readonly sources: unknown;
}

/** All traces of a page together, packed. */
const MOST_TRACE_BYTES = 540_000;

/** Writes the page; missing folders are made, and a page of that name is replaced once the new one is complete. */
export async function writeReport(path: string, input: ReportInput, mostTraceBytes?: number): Promise<void> {
  await writeWhole(path, await reportPage(input, mostTraceBytes));
}

/**
 * The page as HTML.
 *
 * @param mostTraceBytes what all traces together may take, packed
 */
export async function reportPage(input: ReportInput, mostTraceBytes = MOST_TRACE_BYTES): Promise<string> {
  const { runs, ...said } = input;
  const viewer = await loadViewer();
  const data: ReportData = { ...said, sources: viewer.sources, traces: packedWithin(mostTraceBytes, runs) };
  return pageOf(data, viewer.script);
}

/** Traces in base64 that together are no longer than the limit. */
function packedWithin(limit: number, runs: ReportInput['runs']): ReportData['traces'] {
  const share = limit / Math.max(1, runs.length);
  return runs.map(({ label, trace }) => {
    let packed = pack(trace);
    for (let budget = bytesOf(trace.rounds); packed.length > share && budget > 1000; budget *= 0.8) {
      packed = pack({ ...trace, rounds: keptWithin(budget, trace.rounds) });
    }
    return { label, packed };
  });
}

function pack(trace: Trace): string {
  return gzipSync(encodeTrace(trace), { level: 9 }).toString('base64');
}

/** The built package has the page's program beside this file's folder; from the sources it is bundled now. */
async function loadViewer(): Promise<Viewer> {
  if (!import.meta.url.endsWith('.ts')) {
    const read = (file: string) => readFile(new URL(`../viewer/${file}`, import.meta.url), 'utf8');
    return { script: await read('report.js'), sources: JSON.parse(await read('sources.json')) };
  }
  const bundler: { bundleReport(): Promise<Viewer> } = await import(
    new URL('../../scripts/viewer-bundle.ts', import.meta.url).href
  );
  return bundler.bundleReport();
}

/** The page. Its policy forbids it to load anything. */
function pageOf(data: ReportData, script: string): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<link rel="icon" href="data:,">
<title>${escaped(visibleText(data.title))}</title>
<style>${pageStyle}</style>
</head>
<body>
<main id="report"></main>
<noscript>This report draws its figures with JavaScript, from the data inside this file.</noscript>
<script type="application/json" id="report-data">${json}</script>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b2029; --soft: #5a6473; --line: #dbe0e8; --wash: #f3f5f9; --accent: #0b62a8; --back: #f7f8fb; }
:root[data-fv-theme=dark] { color-scheme: dark; --paper: #171b22; --ink: #e9edf3; --soft: #a3adbb; --line: #343c48; --wash: #20262f; --accent: #6cb8f0; --back: #10141a; }
:root[data-fv-theme=light] { color-scheme: light; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
#report { max-width: 1240px; margin: 0 auto; padding: 20px 16px 48px; }
header { display: flex; justify-content: space-between; align-items: start; gap: 12px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 28px 0 8px; }
header button, .save button { font: inherit; font-size: 13px; white-space: nowrap; color: inherit; background: var(--wash); border: 1px solid var(--line); border-radius: 7px; padding: 4px 10px; cursor: pointer; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 0 0 16px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroller { overflow-x: auto; margin: 14px 0 4px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; background: var(--paper); border: 1px solid var(--line); }
caption { text-align: left; color: var(--soft); padding: 0 0 6px; }
th, td { padding: 5px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 600; }
.note { color: var(--soft); font-size: 13px; margin: 0 0 12px; }
#viewer { margin-top: 10px; }
.save { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 20px; }
.commands { background: var(--wash); border: 1px solid var(--line); border-radius: 8px; padding: 12px; overflow-x: auto; font-size: 13px; }
.configuration td { text-align: left; }
summary { cursor: pointer; padding: 4px 0; }
@page { size: A4; margin: 14mm 12mm; }
@media print {
  body { background: none; font-size: 9.5pt; }
  #report { max-width: none; padding: 0; }
  header button, .save { display: none; }
  h1 { font-size: 15pt; } h2 { font-size: 12pt; break-after: avoid; }
  .scroller { overflow: visible; }
  table { width: 100%; font-size: 7.5pt; }
  th, td { white-space: normal; padding: 2px 5px; }
  tr, dl > *, .note { break-inside: avoid; }
  thead { display: table-header-group; }
  .commands { white-space: pre-wrap; overflow-wrap: anywhere; overflow: visible; border: 1px solid var(--line); break-inside: avoid; }
  .configuration { columns: auto; }
  .configuration :is(th, td) { padding: 0 5px; }
}
@media (max-width: 520px) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 6px; } h1 { font-size: 20px; } }
`;
