// The same class with mosquitto in place of the embedded broker: the same digest, also when the broker is killed in mid-round. Skips
// with the reason where mosquitto is not installed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as mqtt from 'mqtt';
import test from 'tape';
import { serverDigest } from '../../lib/classroom/class-run.ts';
import { classAt, type Entered, enterClass, takeSeat } from '../../lib/classroom/join-class.ts';
import { serveClass } from '../../lib/classroom/serve-class.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { train } from '../../lib/training/train.ts';
import { homeRatings, people, settingsOf } from './class-in-process.ts';
import { needsMosquitto, startMosquitto } from './installed-mosquitto.ts';

test(
  'mosquitto in place of the embedded broker, killed at announce, training, merge and checkpoint: the digest of the simulator',
  needsMosquitto,
  async (t) => {
    const split = people(3);
    const settings = settingsOf(fedtlrec);
    const { memory } = await train(fedtlrec, split, { settings });
    const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-mosquitto-'));
    const mosquitto = await startMosquitto();
    const moments = new Map([
      [1, 'asking'],
      [2, 'answered'],
      [3, 'updates-merged'],
      [4, 'broadcast-sent'], // before its checkpoint
    ]);
    let round = 0;
    let kills = 0;
    const items = Array.from({ length: split.train.items }, (_, item) => ({
      id: `${item}`,
      title: `${item}`,
    }));
    const served = await serveClass({
      ...{
        recipe: fedtlrec,
        settings,
        items,
        seats: 3,
        code: 'apple',
        out: join(folder, 'out'),
        isResumed: false,
      },
      ...{ port: 0, host: '127.0.0.1', broker: mosquitto.address, pages: new Map() },
      ...{ deadline: 30_000, quorum: 1, startWith: 3, asksForFigures: true },
      onEvent(event) {
        if (event.type === 'asking' && event.purpose === 'train') round = event.round;
        if (event.type !== moments.get(round)) return;
        moments.delete(round);
        kills++;
        mosquitto.restart();
      },
    });
    const address = `http://127.0.0.1:${served.port}`;
    const facts = await classAt(address);
    const members: Entered[] = [];
    for (let user = 0; user < 3; user++) {
      const seat = await takeSeat(address, 'apple');
      const ratings = homeRatings(split, user);
      members.push(await enterClass({ address, facts, seat, ratings, mqtt, givesFigures: true }));
    }
    t.equal(await served.finish(), await serverDigest(memory));
    t.equal(kills, 4, 'the broker was killed at each');
    await Promise.all(members.map(({ participant }) => participant.leave()));
    await served.close();
    await mosquitto.stop();
    rmSync(folder, { recursive: true, force: true });
  },
);
