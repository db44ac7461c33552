// Which of two is better: the mean of the differences, user by user. In: figures per user of two runs that measured the same
// users; out: the mean difference of each metric with its standard error.
import { expectParts } from '../numeric/arguments.ts';
import { forEachMetric, type Metrics } from './metrics.ts';
import { meansAndErrors, type PerUser } from './protocol.ts';

/**
 * The mean difference a − b over users, with its standard error (Eq. 18): far smaller than the two means' own errors,
 * because easy and hard users are the same in both.
 *
 * @throws RangeError if the two do not measure the same users
 */
export function pairedDifference(a: PerUser, b: PerUser): { mean: Metrics; standardErrors: Metrics } {
  expectParts('pairedDifference', 'a', a, 'the perUser of a result', { hr10: 'list' });
  expectParts('pairedDifference', 'b', b, 'the perUser of a result', { hr10: 'list' });
  const differences = forEachMetric((name) => {
    if (a[name].length !== b[name].length) {
      throw new RangeError(
        `pairedDifference: both must have the same users, got ${a[name].length} and ${b[name].length}`,
      );
    }
    return a[name].map((value, user) => value - b[name][user]!).filter((value) => !Number.isNaN(value));
  });
  const [mean, standardErrors] = meansAndErrors(differences);
  return { mean, standardErrors };
}
