import type { DataSplit, SplitName, SubjectDescription } from '../../protocol/inspection';

export const splitNames = ['train', 'val', 'test'] as const satisfies readonly SplitName[];

/** The one that was wanted, or else the one that says most about a network: images that it was not trained with. */
export function chooseSplit({ data }: SubjectDescription, wanted: SplitName | null): DataSplit | undefined {
  const splits = data?.splits ?? [];
  const named = (name: SplitName | null) => splits.find((split) => split.name === name);
  return named(wanted) ?? named('test') ?? named('val') ?? splits[0];
}
