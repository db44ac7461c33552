// What happens at a moment, in one sentence, with the numbers of that moment.
import type { Moment, Phase } from '../lib/trace/moments.ts';
import { bytesText, share } from './figures.ts';
import type { View } from './view.ts';

export const phaseNames: Record<Phase, string> = {
  train: 'train at home',
  send: 'send',
  broadcast: 'merge, broadcast',
  cluster: 'K-means',
  attend: 'attention',
  evaluate: 'evaluate',
};

/** The place on the timeline in a few words. */
export function momentName({ round, phase, step }: Moment): string {
  if (phase === null) return 'Before the first round';
  if (round === 0) return 'Without rounds';
  return `Round ${round}: ${phaseNames[phase]}${phase === 'cluster' ? `, step ${step + 1}` : ''}`;
}

/** One sentence. */
export function storyOf({ known, trace }: View): string {
  const { moment } = known;
  const round = trace.rounds[moment.place];
  const { users, items } = trace.about.dataset;
  if (moment.phase === null || !round) {
    return `${users} clients hold their own ratings of ${items} items. The server has a table of random numbers: as good as guessing. Press Play, or step.`;
  }
  const missing = users - round.trained;
  switch (moment.phase) {
    case 'train':
      return `${round.trained} of ${users} clients train on their own rows${missing > 0 ? `, ${missing} are absent` : ''}. Mean loss ${share(round.loss)}.`;
    case 'send':
      return `Each sends ${bytesText(round.bytesUp)}; as whole rows it would be ${bytesText(round.fullBytesUp)}.${round.rejected > 0 ? ` ${round.rejected} messages were rejected.` : ''}`;
    case 'broadcast':
      return `The server adds ${round.clients} messages up, takes a step, and sends it down in ${bytesText(round.bytesDown)}${round.cutOff > 0 ? `; ${Math.round(100 * round.cutOff)} % of the step is carried over to the next round` : ''}.`;
    case 'cluster': {
      const step = round.refresh!.steps[moment.step];
      return `K-means groups clients by the direction of their messages${step ? `: ${step.moved} change their cluster in step ${moment.step + 1}` : ''}.`;
    }
    case 'attend':
      return `Every client gets a personal part from those that are like it: ${bytesText(round.refresh!.bytesDown)}. Absent ones too.`;
    case 'evaluate': {
      const { validation, standardErrors, mix } = round.evaluation!;
      const [figure, error] = [validation, standardErrors].map(({ hr10 }) => share(hr10 ?? Number.NaN));
      return `HR@10 on validation ${figure} ± ${error}, with β = ${mix}.`;
    }
  }
}
