// All steppers as data: where each is at home, what can be chosen, and what it says at every step. For the pages that embed
// them and for the checks that try everything; a lesson loads its own stepper only.
import * as attack from './attack.ts';
import * as attention from './attention.ts';
import * as factors from './factors.ts';
import type { Inputs, Values } from './inputs.ts';
import * as leak from './leak.ts';
import * as liars from './liars.ts';
import * as lloyd from './lloyd.ts';
import * as lowRank from './low-rank.ts';
import * as order from './order.ts';
import * as product from './product.ts';
import * as round from './round.ts';
import * as vanishing from './vanishing.ts';
import * as wire from './wire.ts';

export interface StepperFacts {
  readonly title: string;
  /** The file of its lesson, without `.md`. */
  readonly lesson: string;
  readonly inputs: Inputs;
  /** The number of the first step, as readers see it. */
  readonly first: number;
  /** The sentence below each step. */
  sentences(values: Values): string[];
}

export const steppers: Readonly<Record<string, StepperFacts>> = {
  factors: {
    ...{ title: 'Four people, six films', lesson: '01-factors', inputs: factors.inputs, first: 0 },
    sentences: () => factors.factorsSteps().map(factors.factorsCaption),
  },
  round: {
    title: 'A round of three clients, and the next',
    ...{ lesson: '02-data-at-home', inputs: round.inputs, first: 1 },
    sentences: () => round.roundSteps().map(({ caption }) => caption),
  },
  'low-rank': {
    title: 'Low rank down, what is cut off comes later',
    ...{ lesson: '03-low-rank', inputs: lowRank.inputs, first: 0 },
    sentences({ rank }) {
      const run = lowRank.feedbackSteps(Number(rank));
      return [0, ...run.steps.map((_, at) => at + 1)].map((count) => lowRank.lowRankCaption(run, count));
    },
  },
  wire: {
    ...{ title: 'One message', lesson: '04-what-travels', inputs: wire.inputs, first: 1 },
    sentences({ codec, flip }) {
      const message = wire.messageIn(codec as Parameters<typeof wire.messageIn>[0]);
      return message.fields.map((_, place) => wire.wireCaption(message, place, flip === 'yes'));
    },
  },
  lloyd: {
    title: 'Twelve clients, three clusters',
    ...{ lesson: '05-who-is-similar', inputs: lloyd.inputs, first: 0 },
    sentences: ({ start }) => lloyd.lloydFrames(start as lloyd.Start).map(({ caption }) => caption),
  },
  attention: {
    title: 'Attention between five clients',
    ...{ lesson: '06-attention', inputs: attention.inputs, first: 1 },
    sentences: ({ temperature, ben }) =>
      attention.attentionSteps(Number(temperature), ben === 'yes').map(({ caption }) => caption),
  },
  vanishing: {
    title: 'Six clients, twelve rounds',
    ...{ lesson: '07-vanishing-clients', inputs: vanishing.inputs, first: 1 },
    sentences: ({ absent }) => vanishing.vanishingSteps(Number(absent) / 100).map(vanishing.vanishingCaption),
  },
  attack: {
    title: 'What one message tells',
    ...{ lesson: '08-what-the-server-infers', inputs: attack.inputs, first: 0 },
    sentences({ noise }) {
      const found = attack.attack(Number(noise));
      return [0, ...found.ranked.map((_, at) => at + 1)].map((count) => attack.attackCaption(found, count));
    },
  },
  leak: {
    ...{ title: 'A client, alone', lesson: '09-fooling-yourself', inputs: leak.inputs, first: 0 },
    sentences({ negatives, held }) {
      const which = [negatives, held] as Parameters<typeof leak.leakSteps>;
      return leak.leakSteps(...which).map((step, at) => leak.leakCaption(step, at, which));
    },
  },
  product: {
    title: 'What an 8 × 8 product reads',
    ...{ lesson: '10-making-it-fast', inputs: product.inputs, first: 1 },
    sentences({ walk }) {
      const chosen = product.walks.find(({ word }) => word === walk)!;
      return product.productSteps(chosen).map(product.productCaption);
    },
  },
  liars: {
    ...{ title: 'Ten clients, one item', lesson: '11-clients-that-lie', inputs: liars.inputs, first: 0 },
    sentences: ({ lie }) => liars.liarsSteps(lie as liars.Lie).map(liars.liarsCaption),
  },
  order: {
    ...{ title: 'What is near what', lesson: '12-order', inputs: order.inputs, first: 1 },
    sentences: () => order.orderSteps().map(({ caption }) => caption),
  },
};
