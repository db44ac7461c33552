// What is taken away: CSV that a reader written from the standard understands, strokes of a panel as SVG.
import Papa from 'papaparse';
import test from 'tape';
import { csvOf } from '../../viewer/take/csv.ts';
import { escaped, WrittenPen } from '../../viewer/take/pen.ts';

test('another reader gets from a CSV what was put into it, whatever is in its cells', (t) => {
  const header = ['name', 'a "quoted", one', ''];
  const rows = [
    ['Ann', 'x,y', 'two\nlines'],
    [' spaces ', '"', '−0.5'],
    ['', 'ünï', '=1+1'],
  ];
  const { data } = Papa.parse(csvOf({ name: 'it', header, rows }), { skipEmptyLines: false });
  t.deepEqual(data.slice(0, 4), [header, ...rows]);
  t.equal(
    csvOf({ name: 'it', header: ['n'], rows: [[0.1], [Number.NaN], [-2e-7]] }),
    'n\r\n0.1\r\n\r\n-2e-7\r\n',
  );
  t.end();
});

test('a pen writes down what a canvas would show', (t) => {
  const pen = new WrittenPen();
  pen.fillStyle = '#123456';
  pen.fillRect(1, 2, 3.14159, 4);
  pen.globalAlpha = 0.5;
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.lineTo(10, 5);
  pen.setLineDash([4, 4]);
  pen.stroke();
  pen.textAlign = 'center';
  pen.fillText('a < b & c', 7, 8);
  const [rect, line, text] = pen.written.split('\n');
  t.equal(rect, '<rect x="1" y="2" width="3.14" height="4" fill="#123456"/>');
  t.match(line!, /^<path d="M0 0L10 5" fill="none" .*stroke-opacity="0\.5" stroke-dasharray="4 4"\/>$/);
  t.match(text!, /^<text x="7" y="8" .*text-anchor="middle".*>a &lt; b &amp; c<\/text>$/);
  t.end();
});

test('a whole circle is drawn whole, and another arc is refused', (t) => {
  const pen = new WrittenPen();
  pen.beginPath();
  pen.arc(5, 5, 2, 0, 2 * Math.PI);
  pen.fill();
  t.match(pen.written, /d="M3 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0Z"/);
  t.throws(() => pen.arc(5, 5, 2, 0, 1), /must be a whole circle/);
  t.equal(escaped('"<&'), '&quot;&lt;&amp;');
  t.end();
});
