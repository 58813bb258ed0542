import { describe, expect, it } from 'vitest';
import { groupFolds } from '../../../src/extension/runs/group-folds';
import { describeFolds, foldsTooltip } from '../../../src/extension/runs/run-presentation';
import { foldName } from '../../../src/node/train-folds';
import type { RunRecord } from '../../../src/protocol/run-folder';
import { libraryRun, runRecord } from './run-record';

let minute = 0;

/** The next run, of a fold. */
function fold(number: number, changes: Partial<RunRecord> = {}, count = 3) {
  const startedAt = `2026-11-21T15:${String(minute++).padStart(2, '0')}:00.000Z`;
  const name = foldName(changes.name ?? 'LeNet · digits', { number, count });
  const config = changes.config ?? runRecord.config;
  const split = { ...config.split, fold: { number, count } };
  return libraryRun(`/runs/${minute}`, { ...runRecord, startedAt, ...changes, name, config: { ...config, split } });
}

/** As the view lists them: the newest first. */
const shown = (runs: readonly ReturnType<typeof fold>[]) =>
  groupFolds([...runs].reverse()).map((group) =>
    group.kind === 'run' ? group.run.folder : [group.name, group.count, ...group.runs.map(({ folder }) => folder)],
  );

describe('folds in the Experiments view', () => {
  it('stand together, by their numbers, where their newest would stand', () => {
    const plain = libraryRun('/runs/plain');
    const [one, two, three] = [fold(1), fold(2), fold(3)];
    expect(shown([one, plain, two, three])).toEqual([
      ['LeNet · digits', 3, one.folder, two.folder, three.folder],
      '/runs/plain',
    ]);
  });

  it('begin anew where a fold comes that is there already', () => {
    const [one, two, again, twoAgain] = [fold(1), fold(2), fold(1), fold(2)];
    expect(shown([one, two, again, twoAgain])).toEqual([
      ['LeNet · digits', 3, again.folder, twoAgain.folder],
      ['LeNet · digits', 3, one.folder, two.folder],
    ]);
  });

  it('are of one model, data set, configuration and number; for how long they trained is no matter', () => {
    const one = fold(1);
    for (const other of [
      fold(2, { model: { ...runRecord.model, sourceHash: 'b' } }),
      fold(2, { data: { ...runRecord.data, path: '/data/letters' } }),
      fold(2, { config: { ...runRecord.config, batchSize: 8 } }),
      fold(2, { name: 'LeNet · digits 2' }),
      fold(2, {}, 5),
    ]) {
      expect(shown([one, other])).toEqual([other.folder, one.folder]);
    }
    const longer = fold(2, { config: { ...runRecord.config, epochs: 99 } });
    expect(shown([one, longer])).toEqual([['LeNet · digits', 3, one.folder, longer.folder]]);
  });

  it('need a name and a configuration that say the same: a renamed run stands alone', () => {
    const [one, two] = [fold(1), fold(2)];
    const renamed = { ...two, name: 'the best' };
    const named = { ...libraryRun('/runs/named'), name: 'LeNet · digits fold 2/3' };
    expect(shown([one, renamed, named])).toEqual(['/runs/named', two.folder, one.folder]);
  });
});

describe('folds in words', () => {
  const accuracies = [0.9, 0.92, 0.97];
  const tested = accuracies.map((accuracy, index) => fold(index + 1, { test: { loss: 0.1, accuracy, count: 10 } }));

  it('tell mean and standard deviation of the test images', () => {
    // As numpy.std(…, ddof=1) has it: 0.036055…
    expect(describeFolds(tested, 3)).toBe('93.0 % ± 3.6 % · 3 folds');
    expect(foldsTooltip('LeNet', tested, 3)).toContain('| Test accuracy | 93\\.0 % ± 3\\.6 % |');
  });

  it('tell those of the validation images where there are no others', () => {
    const validated = accuracies.map((bestValAccuracy, index) => fold(index + 1, { test: null, bestValAccuracy }));
    expect(describeFolds(validated, 3)).toBe('93.0 % ± 3.6 % · 3 folds');
    expect(foldsTooltip('LeNet', validated, 3)).not.toContain('Test accuracy');
  });

  it('count what is completed, and nothing else', () => {
    const running = fold(3, { status: 'running', test: null, bestValAccuracy: 0.1 });
    expect(describeFolds([...tested.slice(0, 2), running], 3)).toBe('91.0 % ± 1.4 % · 2 of 3 folds');
    expect(describeFolds([...tested.slice(0, 1), running], 3)).toBe('1 of 3 folds');
  });
});
