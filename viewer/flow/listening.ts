// The start page's question, asked before the reader has seen attention: which phone does the one in focus listen to most? The answer is
// read from the recorded numbers of the first round that has attention, and worded from them.
import { share } from '../figures.ts';
import type { FlowFrame } from './flow-frame.ts';

export interface Listening {
  /** The recorded moment that answers. */
  readonly frame: FlowFrame;
  readonly question: string;
  readonly choices: readonly string[];
  /** The place of the right choice; -1 if none of them holds. */
  readonly right: number;
  readonly because: string;
}

/** Weights are even if the largest is less than this many times the smallest. */
const EVEN = 2;

/** Null where no frame has attention. */
export function listeningQuestion(frames: readonly FlowFrame[]): Listening | null {
  const frame = frames.find(({ attention, tokens }) => attention && tokens);
  if (!frame?.attention || !frame.tokens) return null;
  const { phones, focus, tokens } = frame;
  const { weights } = frame.attention;
  const others = phones.map((_, phone) => phone).filter((phone) => phone !== focus);
  const cosine = (phone: number) => tokens[focus * phones.length + phone]!;
  const most = (value: (phone: number) => number) =>
    others.reduce((best, phone) => (value(phone) > value(best) ? phone : best));
  const [nearest, busiest] = [most(cosine), most((phone) => phones[phone]!.ratings)];
  const loudest = most((phone) => weights[phone]!);
  const sizes = others.map((phone) => weights[phone]!);
  const isEven = Math.max(...sizes) < EVEN * Math.min(...sizes);
  const told = (phone: number, why: string) => `${phones[phone]!.id}, ${why}, has ${weight(weights[phone]!)}`;
  const ratings = (phone: number) => `with ${phones[phone]!.ratings} ratings`;
  return {
    frame,
    question: `Which of these phones will ${phones[focus]!.id} listen to most?`,
    choices: [
      'The one whose updates are most like its own',
      'The one with the most ratings',
      'All of them alike',
    ],
    right: isEven ? 2 : loudest === nearest ? 0 : loudest === busiest ? 1 : -1,
    because:
      nearest === busiest
        ? `In round ${frame.round}, ${told(nearest, `most like it and ${ratings(nearest)}`)}.`
        : `In round ${frame.round}, ${told(nearest, `most like it (cosine ${share(cosine(nearest))})`)} of its attention; ${told(busiest, ratings(busiest))}.`,
  };
}

/** Small weights need more figures than shares have. */
function weight(value: number): string {
  return value === 0 ? 'none' : value < 0.001 ? 'less than .001' : share(value);
}
