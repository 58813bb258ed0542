import type { ModelAnalysis } from '../core/analysis/model-analysis';
import type { AnalysisAnswer } from './analysis';

/**
 * An answer as pieces of JSON. Text crosses threads at once; the pieces are read one by one, so that who receives a large
 * model can do other things in between.
 */
export interface PackedAnswer {
  /** The answer without the long lists of its models. */
  readonly rest: string;
  /** Of each model, its long lists in pieces. */
  readonly lists: readonly { readonly [Name in LongList]: readonly string[] }[];
}

const longLists = ['calls', 'modules', 'mentions', 'state'] as const;
type LongList = (typeof longLists)[number];
const itemsPerPiece = 100;

export function packAnswer(answer: AnalysisAnswer): PackedAnswer {
  const { models } = answer.analysis;
  const bare = models.map((model) => ({ ...model, calls: [], modules: [], mentions: [], state: [] }));
  return {
    rest: JSON.stringify({ ...answer, analysis: { ...answer.analysis, models: bare } }),
    lists: models.map(({ calls, modules, mentions, state }) => ({
      calls: piecesOf(calls),
      modules: piecesOf(modules),
      mentions: piecesOf(mentions),
      state: piecesOf(state),
    })),
  };
}

function piecesOf(items: readonly unknown[]): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < items.length; from += itemsPerPiece) {
    pieces.push(JSON.stringify(items.slice(from, from + itemsPerPiece)));
  }
  return pieces;
}

/** The answer again; `pause` lets others have their turn between two pieces. */
export async function unpackAnswer({ rest, lists }: PackedAnswer, pause: () => Promise<void>): Promise<AnalysisAnswer> {
  const answer = JSON.parse(rest) as AnalysisAnswer;
  const models: ModelAnalysis[] = [];
  for (const [index, model] of answer.analysis.models.entries()) {
    const whole: Record<LongList, unknown[]> = { calls: [], modules: [], mentions: [], state: [] };
    for (const name of longLists) {
      for (const piece of lists[index]?.[name] ?? []) {
        whole[name].push(...(JSON.parse(piece) as unknown[]));
        await pause();
      }
    }
    models.push({ ...model, ...whole } as ModelAnalysis);
  }
  return { ...answer, analysis: { ...answer.analysis, models } };
}
