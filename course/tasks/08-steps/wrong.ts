// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'the start at 0 is not corrected',
    edits: [
      { find: 'const correction1 = 1 - beta1 ** state.step;', replace: 'const correction1 = 1;' },
      { find: 'const correction2 = 1 - beta2 ** state.step;', replace: 'const correction2 = 1;' },
    ],
    caughtBy: 'adam-by-hand',
    says: 'w is wrong',
  },
  {
    name: 'only the first moment is corrected',
    edits: [{ find: 'const correction2 = 1 - beta2 ** state.step;', replace: 'const correction2 = 1;' }],
    caughtBy: 'adam-by-hand',
    says: 'w is wrong',
  },
  {
    name: 'the moments are corrected in place',
    edits: [{ find: 'firstMoment[index] = first;', replace: 'firstMoment[index] = first / correction1;' }],
    caughtBy: 'adam-by-hand',
    says: 'm is wrong',
  },
  {
    name: 'ε stands under the root',
    edits: [
      {
        find: '(Math.sqrt(second / correction2) + epsilon)',
        replace: 'Math.sqrt(second / correction2 + epsilon)',
      },
    ],
    caughtBy: 'adam-by-hand',
    says: 'w is wrong',
  },
  {
    name: 'ε is forgotten',
    edits: [
      {
        find: '(Math.sqrt(second / correction2) + epsilon)',
        replace: '(Math.sqrt(second / correction2) + 0 * epsilon)',
      },
    ],
    caughtBy: 'adam-by-hand',
    says: 'w is wrong',
  },
  {
    name: 'the parameters climb',
    edits: [
      {
        find: 'parameters[index]! - learningRate * step',
        replace: 'parameters[index]! + learningRate * step',
      },
    ],
    caughtBy: 'adam-by-hand',
    says: 'w is wrong',
  },
  {
    name: 'the steps are counted only in a copy',
    edits: [
      { find: '  state.step++;\n', replace: '  const steps = state.step + 1;\n' },
      { find: 'beta1 ** state.step;', replace: 'beta1 ** steps;' },
      { find: 'beta2 ** state.step;', replace: 'beta2 ** steps;' },
    ],
    caughtBy: 'adam-by-hand',
    says: 't is wrong',
  },
  {
    name: 'the steps are counted after they were needed',
    edits: [
      { find: '  state.step++;\n', replace: '' },
      {
        find: 'const correction1 = 1 - beta1 ** state.step;',
        replace: 'const correction1 = 1 - beta1 ** Math.max(1, state.step);',
      },
      {
        find: 'const correction2 = 1 - beta2 ** state.step;',
        replace: 'const correction2 = 1 - beta2 ** Math.max(1, state.step++);',
      },
    ],
    caughtBy: 'adam-rounds',
    says: 'step 2',
  },
  {
    name: 'the second moment remembers gradients, not squares',
    edits: [{ find: '(1 - beta2) * derivative * derivative', replace: '(1 - beta2) * derivative' }],
    caughtBy: 'adam-by-hand',
    says: 'v is wrong',
  },
  {
    name: 'β₁ for both moments',
    edits: [
      {
        find: 'const second = beta2 * secondMoment[index]! + (1 - beta2) *',
        replace: 'const second = beta1 * secondMoment[index]! + (1 - beta1) *',
      },
    ],
    caughtBy: 'adam-by-hand',
    says: 'v is wrong',
  },
  {
    name: 'β and 1 − β are exchanged',
    edits: [
      {
        find: 'beta1 * firstMoment[index]! + (1 - beta1) * derivative',
        replace: '(1 - beta1) * firstMoment[index]! + beta1 * derivative',
      },
    ],
    caughtBy: 'adam-by-hand',
    says: 'm is wrong',
  },
  {
    name: 'the moments are not kept',
    edits: [
      { find: '    firstMoment[index] = first;\n', replace: '' },
      { find: '    secondMoment[index] = second;\n', replace: '' },
    ],
    caughtBy: 'adam-by-hand',
    says: 'm is wrong',
  },
  {
    name: 'the settings are not listened to',
    edits: [
      {
        find: 'const first = beta1 * firstMoment[index]! + (1 - beta1) * derivative;',
        replace: 'const first = 0.9 * firstMoment[index]! + (1 - 0.9) * derivative;',
      },
    ],
    caughtBy: 'adam-rounds',
    says: 'm is wrong',
  },
  {
    name: 'the server steps against the wish',
    edits: [{ find: 'wish.map((value) => -value)', replace: 'wish' }],
    caughtBy: 'fedadam-by-hand',
    says: 'the step is wrong',
  },
  {
    name: 'the step is added to what was in the array',
    edits: [{ find: '  step.fill(0);\n', replace: '' }],
    caughtBy: 'fedadam-by-hand',
    says: 'the step is wrong',
  },
  {
    name: 'the server has the clients’ β₂',
    edits: [{ find: 'beta1: 0.9, beta2: 0.99 }', replace: 'beta1: 0.9, beta2: 0.999 }' }],
    caughtBy: 'fedadam-rounds',
    says: 'the step is wrong',
  },
  {
    name: 'the server forgets what it remembers',
    edits: [
      {
        find: '    state,\n',
        replace:
          '    { firstMoment: state.firstMoment.slice(), secondMoment: state.secondMoment.slice(), step: state.step++ },\n',
      },
    ],
    caughtBy: 'fedadam-rounds',
    says: 'the step is wrong',
  },
  {
    name: 'a row is divided by the number of all clients',
    edits: [
      {
        find: 'const senders = sum.senders[Math.floor(index / dims)]!;',
        replace: 'const senders = Math.max(...sum.senders);',
      },
    ],
    caughtBy: 'mean-by-hand',
    says: 'the step is wrong',
  },
  {
    name: 'the sum is taken for the mean',
    edits: [
      { find: '(learningRate * sum.items[index]!) / senders', replace: 'learningRate * sum.items[index]!' },
    ],
    caughtBy: 'mean-by-hand',
    says: 'the step is wrong',
  },
  {
    name: 'a row that nobody sent is divided by 0',
    edits: [{ find: 'senders === 0 ? 0 : (learningRate', replace: '(learningRate' }],
    caughtBy: 'mean-by-hand',
    says: 'finite',
  },
  {
    name: 'a row that nobody sent keeps what was in the array',
    edits: [
      { find: '    step[index] = senders === 0 ? 0 : ', replace: '    if (senders > 0) step[index] = ' },
    ],
    caughtBy: 'mean-by-hand',
    says: 'the step is wrong',
  },
  {
    name: 'the learning rate is forgotten',
    edits: [{ find: '(learningRate * sum.items[index]!) / senders', replace: 'sum.items[index]! / senders' }],
    caughtBy: 'mean-by-hand',
    says: 'the step is wrong',
  },
  {
    name: 'a dropout of 1 is taken for one that is not set',
    edits: [
      {
        find: 'if (settings.dropout === 0) return true;',
        replace: 'if (settings.dropout === 0 || settings.dropout >= 1) return true;',
      },
    ],
    caughtBy: 'dropout',
    says: 'dropout 1',
  },
  {
    name: 'all clients draw from one stream',
    edits: [
      {
        find: "randomStream(settings.seed, 'dropout', round, client).uniform()",
        replace: "randomStream(settings.seed, 'dropout', round).uniform()",
      },
    ],
    caughtBy: 'dropout',
    says: 'not what the stream',
  },
  {
    name: 'a client has the same fate in every round',
    edits: [
      {
        find: "randomStream(settings.seed, 'dropout', round, client).uniform()",
        replace: "randomStream(settings.seed, 'dropout', client).uniform()",
      },
    ],
    caughtBy: 'dropout',
    says: 'not what the stream',
  },
  {
    name: 'dropout is the share that stays',
    edits: [{ find: '.uniform() >= settings.dropout', replace: '.uniform() < settings.dropout' }],
    caughtBy: 'one-client',
    says: 'dropout 0.5',
  },
  {
    name: 'everybody who is not asked comes',
    edits: [{ find: '.uniform() < fraction;', replace: '.uniform() >= fraction;' }],
    caughtBy: 'asked',
    says: 'fraction',
  },
  {
    name: 'asking draws from the stream of dropping out',
    edits: [
      {
        find: "randomStream(seed, 'fraction', round, client)",
        replace: "randomStream(seed, 'dropout', round, client)",
      },
    ],
    caughtBy: 'asked',
    says: 'fraction',
  },
  {
    name: 'who is silent is drawn again each round',
    edits: [
      {
        find: "randomStream(settings.seed, 'silent', client)",
        replace: "randomStream(settings.seed, 'silent', round, client)",
      },
    ],
    caughtBy: 'silent',
    says: 'silentShare',
  },
  {
    name: 'silence begins a round early',
    edits: [{ find: 'round <= settings.silentAfter', replace: 'round < settings.silentAfter' }],
    caughtBy: 'silent',
    says: 'silentShare',
  },
  {
    name: 'those who are silent come',
    edits: [
      {
        find: 'if (isSilent(client, round, settings) || !isAsked(client, round, settings)) return false;',
        replace: 'if (!isAsked(client, round, settings)) return false;',
      },
    ],
    caughtBy: 'silent',
    says: 'isPresent',
  },
];
