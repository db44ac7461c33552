// Traces of version 1 did not name their metrics: there were four means, of which two were columns of the figures per client.
// In: such a trace, unchecked; out: the same with names and four columns, NaN where there was none.
const names = ['hr10', 'ndcg10', 'fullHr10', 'fullNdcg10'];
const COLUMNS = 2;

type Fields = Readonly<Record<string, unknown>>;

/** What is no trace comes back as it was, and is refused later. */
export function withNamedMetrics(trace: unknown): unknown {
  const { about, start, rounds } = (trace ?? {}) as Fields;
  if (!isFields(about) || !isFields(start) || !Array.isArray(rounds)) return trace;
  return {
    about: { ...about, metrics: names, baselines: null },
    start: withColumns(start),
    rounds: rounds.map((round) =>
      isFields(round) && isFields(round.evaluation)
        ? { ...round, evaluation: withColumns(round.evaluation) }
        : round,
    ),
  };
}

function withColumns(part: Fields): Fields {
  const { perClient } = part;
  if (!(perClient instanceof Float32Array)) return part;
  const wide = new Float32Array((perClient.length / COLUMNS) * names.length).fill(Number.NaN);
  perClient.forEach((figure, at) => {
    wide[Math.floor(at / COLUMNS) * names.length + (at % COLUMNS)] = figure;
  });
  return { ...part, perClient: wide };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
