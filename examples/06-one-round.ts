// 6. Keeping data at home: one federated round, event by event. The round is a stream of facts; training, the progress
// bar and this program read the same stream. Two of the hundred clients are watched, to see what happens at home and
// what leaves it; the server never sees the first of these.
//
// Run: npx tsx examples/06-one-round.ts
// Installed: import { … } from 'fedtlrec'
import { fedtlrec, leaveOneOut, openRun, syntheticRatings } from '../lib/index.ts';
import { fixed, say } from './print.ts';

// #region setup
const { ratings } = syntheticRatings({ users: 100, items: 200, meanRatings: 20 });
const split = leaveOneOut(ratings);
const settings = { rounds: 1, factors: 4, clusters: 4, mix: 0.3, recency: null };
const run = openRun(fedtlrec, split, { settings });
// #endregion setup

// #region round
const watch = [0, 1];
for await (const event of run.rounds({ watch })) {
  switch (event.type) {
    case 'round-started':
      say(`round-started      round ${event.round}; 100 clients have the same item table`);
      break;
    case 'client-trained': {
      const positives = event.sample.labels.filter((label) => label === 1).length;
      const { size, rows } = event.sample;
      console.log(
        `client-trained     client ${event.client}: ${positives} items touched, ${size - positives} draws of others,`,
      );
      console.log(
        `                   ${rows.length} different items in all; mean loss ${fixed(event.loss, 3)}`,
      );
      break;
    }
    case 'update-sent': {
      const { rows, rank, dims } = event.update;
      console.log(
        `update-sent        client ${event.client}: B [${rows.length}, ${rank}] and A [${rank}, ${dims}],`,
      );
      say(`                   ${event.bytes} bytes`);
      break;
    }
    case 'updates-merged':
      console.log(
        `updates-merged     ${event.clients} messages, ${event.rejected} rejected, ${event.bytesUp} bytes together;`,
      );
      say(`                   mean loss at home ${fixed(event.loss, 3)} (ln 2 = 0.693 is a coin)`);
      break;
    case 'broadcast-sent':
      console.log(
        `broadcast-sent     ${event.bytesDown} bytes to each client: the step of the item table, cut to rank 2;`,
      );
      say(`                   ${fixed(100 * event.cutOff, 0)} % of its size is carried to the next round`);
      break;
    case 'clients-clustered': {
      const sizes = Array.from({ length: event.clusters }, (_, cluster) => {
        return event.labels.filter((label) => label === cluster).length;
      });
      say(
        `clients-clustered  ${event.clusters} clusters of ${sizes.join(', ')} clients, after ${event.iterations} steps`,
      );
      break;
    }
    case 'attention-computed':
      console.log(
        `attention-computed ${event.peers} clients can be attended to, each looks at the ${event.probes} nearest clusters;`,
      );
      say(`                   a personal part takes ${event.bytesDown} bytes to its client`);
      break;
    case 'evaluated':
      say(
        `evaluated          validation HR@10 ${fixed(event.validation.hr10, 2)}: after one round, little is known yet`,
      );
      break;
  }
}
// #endregion round

say('What stayed at home: the list of items. What left it: B and A. Example 13 asks how much they tell.');
