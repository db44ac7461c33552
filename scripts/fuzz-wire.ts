// Tries the wire with messages changed at random: `npx tsx scripts/fuzz-wire.ts [COUNT] [SEED]`, by default 100,000 with seed 1.
// Prints how often each reason came; ends with 1 if a message was neither rejected properly nor the one encoding of its content.
import { fuzz } from '../test/federated/fuzzed-messages.ts';

const [count = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const { reasons, wrong } = fuzz(count, seed);
for (const [reason, times] of [...reasons].sort((a, b) => b[1] - a[1])) {
  console.log(`${String(times).padStart(8)}  ${reason}`);
}
for (const line of wrong.slice(0, 20)) console.error(`wrong: ${line}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
