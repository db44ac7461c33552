// Which of two is better: the mean of the differences, user by user. In: figures per user of two runs that measured the same
// users; out: the mean difference of each metric with its standard error.
import { expectParts } from '../numeric/arguments.ts';
import { type Figures, type Metrics, mapFigures } from './metrics.ts';
import { meansAndErrors, type PerUser } from './protocol.ts';

/**
 * The mean difference a − b over users, with its standard error (Eq. 18), of each metric that both measured: far smaller than the two means' own errors,
 * because easy and hard users are the same in both.
 *
 * @throws RangeError if the two do not measure the same users
 */
export function pairedDifference(a: PerUser, b: PerUser): { mean: Metrics; standardErrors: Metrics } {
  expectParts('pairedDifference', 'a', a, 'the perUser of a result', { hr10: 'list' });
  expectParts('pairedDifference', 'b', b, 'the perUser of a result', { hr10: 'list' });
  const differences = mapFigures(a, (values, name) => {
    const others: Float64Array | undefined = b[name];
    if (others === undefined) return undefined; // only one of the two measured it
    if (values.length !== others.length) {
      throw new RangeError(
        `pairedDifference: both must have the same users, got ${values.length} and ${others.length}`,
      );
    }
    return values.map((value, user) => value - others[user]!).filter((value) => !Number.isNaN(value));
  }) as Figures<Float64Array>;
  const [mean, standardErrors] = meansAndErrors(differences);
  return { mean, standardErrors };
}
