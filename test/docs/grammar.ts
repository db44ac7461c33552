// What a sentence with numbers in it must not look like, whatever the numbers are. One list for all sentences: captions of the
// steppers, the viewer's story, the command line.

const singulars = [
  'attention head|byte|client|cluster|factor|film|group|item|iteration|message|minute|multiplication|number|participant|person',
  'phone|rating|round|row|second|seed|step|thread|tie|token|user|window|worker',
]
  .join('|')
  .split('|');
const plurals = singulars.map((noun) => (noun === 'person' ? 'people' : `${noun}s`));

const rules: readonly [pattern: RegExp, fault: string][] = [
  [/\b(?:NaN|-?Infinity|undefined|null|\[object)/, 'a value that is none'],
  [new RegExp(`(?<![\\d.,:/–-])\\b1 (?:${plurals.join('|')})\\b`), 'one, in the plural'],
  [
    new RegExp(`(?<![\\d.,])\\b(?:0|[2-9]|[1-9]\\d+) (?:${singulars.join('|')})\\b(?![-’'])`),
    'many, in the singular',
  ],
  [/\b1 of \d+ \w+ (?:are|have|were)\b/, 'one of them is'],
  [/\b(?:0|[2-9]|[1-9]\d+) of \d+ \w+ (?:is|has|was)\b/, 'several of them are'],
  [/(?<![\d.,])\b\d+ old\b/, 'an age without a unit'],
  [/[-−]0(?:\.0+)?(?!\d|\.\d)/, 'a zero below zero'],
  [/\d(?:\.\d+)?e[+-]?\d/i, 'a number in the notation of programs'],
  [/\d\.\d{6,}/, 'more digits than anybody reads'],
  [/ {2,}\S| [.,;:](?:\s|$)|\.\.(?!\.)|\(\)/, 'a gap where something is missing'],
];

/** What is wrong with a sentence; nothing if all is well. */
export function faultsOf(sentence: string): string[] {
  return rules.flatMap(([pattern, fault]) => {
    const found = pattern.exec(sentence);
    return found ? [`${fault}: "${found[0].trim()}" in "${sentence}"`] : [];
  });
}
