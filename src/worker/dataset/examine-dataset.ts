import { findDuplicates, type AlikeImages } from '../../core/data/hygiene/find-duplicates';
import { findOddItems } from '../../core/data/hygiene/find-odd-items';
import { splitOrder } from '../../core/data/split-names';
import type { DatasetScan, DuplicateGroup } from '../../protocol/dataset-inspection';
import type { ItemSource } from '../data/open-items';
import type { RunningTask } from '../inspection/tasks';
import { scanDataset } from './scan-dataset';
import type { StoredScan } from './stored-scan';

/** Looks at data sets as wholes, one after the other; keeps the latest scan at hand. */
export class Examiner {
  private latest: { readonly fingerprint: string; readonly scan: StoredScan } | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  async scan(source: ItemSource, running: RunningTask): Promise<DatasetScan> {
    const { count, columns, failures } = await this.scanOf(source, running);
    const { widths, heights, channels, bytes, means, deviations, histograms } = columns;
    const cells = 3 * 256;
    return {
      widths: widths.slice(),
      heights: heights.slice(),
      channels: channels.slice(),
      bytes: bytes.slice(),
      means: means.slice(),
      deviations: deviations.slice(),
      histograms: splitOrder.map((_, split) =>
        source.items.splits.includes(split)
          ? histograms.slice(split * cells, (split + 1) * cells)
          : new Float64Array(0),
      ),
      odd: findOddItems({ count, widths, heights, deviations, failures, kinds: columns.kinds }),
    };
  }

  async duplicates(source: ItemSource, mostDistance: number | null, running: RunningTask): Promise<DuplicateGroup[]> {
    const { count, columns } = await this.scanOf(source, running);
    const { splits } = source.items;
    const groups = await findDuplicates({ count, ...columns, splits }, mostDistance, (done, total) =>
      running.checkpoint(done, total),
    );
    return groups.map((group) => withLabels(group, source));
  }

  /** Two at once would decode everything twice. */
  private async scanOf(source: ItemSource, running: RunningTask): Promise<StoredScan> {
    const result = this.turn.then(async () => {
      running.signal.throwIfAborted();
      const { fingerprint } = source;
      if (this.latest?.fingerprint !== fingerprint) {
        this.latest = { fingerprint, scan: await scanDataset(source, running) };
      }
      return this.latest.scan;
    });
    this.turn = result.catch(() => undefined);
    return result;
  }
}

function withLabels(group: AlikeImages, { items, classes }: ItemSource): DuplicateGroup {
  const labelsOf = (index: number): string =>
    items.labelSets
      ? items.labelSets.subarray(index * classes.length, (index + 1) * classes.length).join()
      : String(items.labels[index]);
  return {
    ...group,
    leaks: new Set(Array.from(group.items, (index) => items.splits[index])).size > 1,
    disagree: new Set(Array.from(group.items, labelsOf)).size > 1,
  };
}
