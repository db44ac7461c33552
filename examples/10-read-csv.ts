// 10. Your own ratings. Any file with a user, an item and a rating in each line will do: CSV, TSV, the MovieLens
// layouts; a fourth column with times makes an honest split by time possible. In a browser the text comes from a file
// picker; under Node, `readRatingsFile` (from 'fedtlrec/node') reads files, packed ones too.
//
// Run: npx tsx examples/10-read-csv.ts
// Installed: import { … } from 'fedtlrec'
import { describeRatings, itemsOf, leaveOneOut, parseRatings, renderDescription } from '../lib/index.ts';
import { fixed, printTable, say } from './print.ts';

// #region parse
const text = `userId,movieId,rating,timestamp
007,"Casino, The",4.5,1700000300
007,Moon,3,1700000100
007,Mars,5,1700000200
007,Rose,2,1700000400
ann,Moon,4,1700000500
ann,Mars,3,1700000600
ann,Mars,5,1700000900

ann,Waltz,1,1700000800
ann,Rose,2,1700000700
bob,Moon,5,1700001000
bob,Rose,4,1700001000
`;
const { ratings, report } = parseRatings(text, { name: 'films.csv' });
// #endregion parse

say('What was read, and what was not:');
say(renderDescription(describeRatings(ratings, report)));

say('Ids stay as they stand in the file (007 is not 7). Each user, oldest first, as number:item(stars):');
ratings.users.forEach((user, number) => {
  const [from, to] = [ratings.offsets[number]!, ratings.offsets[number + 1]!];
  const row = Array.from(ratings.itemOf.subarray(from, to), (item, place) => {
    return `${item}:${ratings.items[item]}(${fixed(ratings.values[from + place]!, 1)})`;
  });
  console.log(`  ${user}  ${row.join('  ')}`);
});
console.log();

// #region split
const split = leaveOneOut(ratings);
// #endregion split
const nameOf = (item: number) => (item < 0 ? '-' : ratings.items[item]!);
say('Leave-one-out by time: the latest item is the test, the one before it validation.');
printTable(
  ['user', 'trains on', 'validation', 'test'],
  ratings.users.map((user, number) => [
    user,
    [...itemsOf(split.train, number)].map(nameOf).join(' + '),
    nameOf(split.validation[number]!),
    nameOf(split.test[number]!),
  ]),
);
say('bob has two ratings only: he trains with both and is not evaluated.');

say('A broken line is named, never guessed:');
for (const broken of ['eve,Moon,five,1700001100', 'eve,Moon']) {
  try {
    parseRatings(`${text}${broken}\n`, { name: 'films.csv' });
  } catch (error) {
    console.log(`  ${(error as Error).message}`);
  }
}
