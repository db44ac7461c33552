// A class that goes on after a crash, whose participants were back before its server was.

import { duplexPair } from 'node:stream';
import * as mqtt from 'mqtt';
import test from 'tape';
import { embeddedBroker } from '../../lib/classroom/broker.ts';
import { openClass, serverArrays } from '../../lib/classroom/class-run.ts';
import { encodePresence } from '../../lib/classroom/messages.ts';
import { mqttLink } from '../../lib/classroom/mqtt-link.ts';
import { clientName, topicsOf } from '../../lib/classroom/topics.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { readHeader } from '../../lib/federated/wire/header.ts';
import { train } from '../../lib/training/train.ts';
import { people, run, settingsOf } from './class-in-process.ts';

test('who was back first is asked, and gets the model that it lacks', async (t) => {
  const split = people(3);
  const settings = settingsOf(fedtlrec, { rounds: 2, evaluateEvery: 2 });
  const { memory } = await train(fedtlrec, split, { settings });
  const broker = await embeddedBroker(run);
  const open = () => {
    const [ours, theirs] = duplexPair();
    broker.connect(0, theirs);
    return ours;
  };
  const early = mqttLink(mqtt, open, { name: clientName(0) });
  const topics = topicsOf(run);
  const received = new Promise<string>((resolve) => {
    void early.subscribe([topics.mine(0)], (_topic, message) => {
      const { kind, round } = readHeader(message);
      resolve(`${kind} of round ${round}`);
    });
  });
  const presence = { client: 0, isHere: true, session: 1, modelRound: 1, tableRound: 0, givesFigures: false };
  await early.publish(topics.here(0), encodePresence(presence), { isRetained: true });
  await new Promise((resolve) => setTimeout(resolve, 50)); // the broker confirms before it hands on
  const entered: number[] = [];
  await openClass({
    ...{ recipe: fedtlrec, settings, loops: plainLoops, items: split.train.items, seats: 3, run },
    ...{ link: broker.openLink(), deadline: 5000, quorum: 1, startWith: 3, asksForFigures: false },
    resume: { round: 2, modelRound: 2, arrays: serverArrays(memory) },
    onEvent: (event) => event.type === 'entered' && entered.push(event.client),
  });
  t.equal(await received, 'model of round 2');
  t.deepEqual(entered, [0]);
  await early.close(true);
  await broker.close();
});
