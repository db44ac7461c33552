// What happens at a moment, in one sentence, with the numbers of that moment.
import type { Moment, Phase } from '../lib/trace/moments.ts';
import { bytesText, share } from './figures.ts';
import type { View } from './view.ts';
import { plural } from './words.ts';

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
export function storyOf({ known, trace }: Pick<View, 'known' | 'trace'>): string {
  const { moment } = known;
  const round = trace.rounds[moment.place];
  const { users, items } = trace.about.dataset;
  if (moment.phase === null || !round) {
    return `${plural(users, 'client')} hold their own ratings of ${plural(items, 'item')}. The server has a table of random numbers: as good as guessing.`;
  }
  const missing = users - round.trained;
  switch (moment.phase) {
    case 'train':
      return `${round.trained} of ${plural(users, 'client')} ${round.trained === 1 ? 'trains' : 'train'} on their own rows${missing > 0 ? `, ${missing} ${missing === 1 ? 'is' : 'are'} absent` : ''}. Mean loss ${share(round.loss)}.`;
    case 'send':
      return `Each sends ${bytesText(round.bytesUp)}; as whole rows it would be ${bytesText(round.fullBytesUp)}.${round.rejected > 0 ? ` ${plural(round.rejected, 'message')} ${round.rejected === 1 ? 'was' : 'were'} rejected.` : ''}`;
    case 'broadcast':
      return `The server adds ${plural(round.clients, 'message')} up, takes a step, and sends it down in ${bytesText(round.bytesDown)}${round.cutOff > 0 ? `; ${Math.round(100 * round.cutOff)} % of the step is carried over to the next round` : ''}.`;
    case 'cluster': {
      const step = round.refresh!.steps[moment.step];
      const moved = step?.moved === 1 ? 'one changes its cluster' : `${step?.moved} change their cluster`;
      return `K-means groups clients by the direction of their messages${step ? `: ${moved} in step ${moment.step + 1}` : ''}.`;
    }
    case 'attend':
      return `Every client gets a personal part from those that are like it: ${bytesText(round.refresh!.bytesDown)}. Absent ones too.`;
    case 'evaluate': {
      const { validation, standardErrors, mix } = round.evaluation!;
      const [figure, error] = [validation, standardErrors].map(({ hr10 }) => share(hr10 ?? Number.NaN));
      return `One hidden item each tells how good that is: for ${figure} ± ${error} of the clients it is among the first ten of a hundred (HR@10 on validation, β = ${mix}).`;
    }
  }
}
