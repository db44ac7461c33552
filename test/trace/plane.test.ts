import test from 'tape';
import { randomStream } from '../../lib/numeric/rng.ts';
import { planeOf, project } from '../../lib/trace/plane.ts';

test('four points on a cross lie in the plane as they lie in space', (t) => {
  const points = Float32Array.of(0, 3, 0, 0, -3, 0, 0, 0, 1, 0, 0, -1); // the first coordinate says nothing
  const placed = project(points, 3, planeOf(points, 3, null));
  const expected = [3, 0, -3, 0, 0, 1, 0, -1];
  expected.forEach((value, at) => {
    t.ok(Math.abs(Math.abs(placed[at]!) - Math.abs(value)) < 1e-6, `${placed[at]} is ±${value}`);
  });
  t.ok(placed[0]! * placed[2]! < 0 && placed[5]! * placed[7]! < 0, 'on opposite sides');
  t.end();
});

test('the plane of turned points is turned back, so that they stay where they were', (t) => {
  const rng = randomStream(5, 'plane');
  const points = Float32Array.from({ length: 40 * 4 }, (_, at) => rng.normal() * [4, 3, 0.1, 0.1][at % 4]!);
  const before = planeOf(points, 4, null);
  const nudged = points.map((value) => value + 0.01 * rng.normal());
  const mirrored = { ...before, axes: before.axes.map((value) => -value) };
  for (const earlier of [before, mirrored]) {
    const then = project(points, 4, earlier);
    const now = project(nudged, 4, planeOf(nudged, 4, earlier));
    const worst = Math.max(...now.map((value, at) => Math.abs(value - then[at]!)));
    t.ok(worst < 0.1, `no point moves by more than ${worst.toFixed(3)}`);
  }
  t.end();
});

test('by whatever angle the earlier plane was turned, mirrored or not, points are placed as they were there', (t) => {
  const rng = randomStream(6, 'turned plane');
  const points = Float32Array.from({ length: 30 * 3 }, (_, at) => rng.normal() * [4, 3, 0][at % 3]!);
  const plain = planeOf(points, 3, null);
  for (const angle of [0.3, 1, 2, 3, 4.5, 6]) {
    for (const sign of [1, -1]) {
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      const axes = plain.axes.map((_, at) => {
        const [first, second] = [plain.axes[at % 3]!, plain.axes[3 + (at % 3)]!];
        return at < 3 ? cosine * first - sine * second : sign * (sine * first + cosine * second);
      });
      const earlier = { ...plain, axes };
      const [then, now] = [project(points, 3, earlier), project(points, 3, planeOf(points, 3, earlier))];
      const worst = Math.max(...now.map((value, at) => Math.abs(value - then[at]!)));
      t.ok(worst < 1e-4, `angle ${angle}${sign < 0 ? ', mirrored' : ''}: off by ${worst.toExponential(1)}`);
    }
  }
  const other = planeOf(Float32Array.of(1, 2, 3, 4), 2, plain);
  t.equal(other.axes.length, 4, 'a plane of other dimensions is no model');
  t.end();
});

test('one point, equal points and points of one dimension have a plane too', (t) => {
  for (const [points, dims] of [
    [Float32Array.of(1, 2, 3), 3],
    [Float32Array.of(1, 1, 1, 1), 2],
    [Float32Array.of(1, 2, 4), 1],
  ] as const) {
    t.ok(project(points, dims, planeOf(points, dims, null)).every(Number.isFinite));
  }
  t.end();
});
