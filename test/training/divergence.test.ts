import test from 'tape';
import { completeSettings } from '../../lib/federated/settings.ts';
import { WireError } from '../../lib/federated/wire.ts';
import { explainDivergence, LossWatch } from '../../lib/training/divergence.ts';

const settings = completeSettings({ clientLearningRate: 3, serverLearningRate: 5 });
const wayOut =
  /lower serverLearningRate \(--server-learning-rate, now 5\) or clientLearningRate \(--client-learning-rate, now 3\)/;

test('numbers that are none, in whatever is thrown, become an error that names the settings to lower', (t) => {
  const explained = [
    new RangeError('svd: values must be finite numbers, got NaN'),
    new RangeError('rankOf: got -Infinity'),
    new WireError('wire: message rejected: B holds Infinity'),
    new RangeError('solvePositiveDefinite: pivot 3 is not above 0'),
  ];
  for (const error of explained) {
    const told = explainDivergence(error, 7, settings) as RangeError;
    t.match(told.message, /^train: numbers became too large in round 7 /);
    t.match(told.message, wayOut);
    t.equal(told.cause, error);
  }
  const others = [
    new RangeError('factors must be at least 1, got 0'),
    new TypeError('cannot read NaN'),
    new RangeError('train: the loss became NaN'),
    'NaN',
  ];
  for (const error of others) t.equal(explainDivergence(error, 7, settings), error, String(error));
  t.end();
});

test('a loss that is no number ends the run once there was one that is', (t) => {
  const merged = (round: number, loss: number, trained = 3) =>
    ({ type: 'updates-merged', round, clients: 3, trained, rejected: 0, bytesUp: 9, loss }) as const;
  const losses = new LossWatch();
  losses.add(merged(1, Number.NaN), settings); // a recipe that does not know its loss
  losses.add(merged(2, 0.7), settings);
  losses.add(merged(3, Number.NaN, 0), settings); // nobody was here
  t.throws(
    () => losses.add(merged(4, Number.NaN), settings),
    /RangeError: train: the loss became NaN in round 4; lower/,
  );
  t.throws(() => new LossWatch().add(merged(1, Infinity), settings), /the loss became Infinity in round 1/);
  t.end();
});
