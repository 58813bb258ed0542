import { formatBytes } from '../../core/data/format-bytes';
import { type TeachingSet, downloadBytes } from '../../core/data/teaching-sets';
import type { SetProgress } from '../../node/download/download-set';
import type { TransferRate } from '../../node/download/transfer-rate';
import { count, formatCount, formatDuration } from '../runs/run-presentation';

/** `12 MB · 10 classes · 70,000 images · 28 × 28, grey` */
export function describeSet(set: TeachingSet): string {
  const images = Object.values(set.counts).reduce((sum: number, each: number) => sum + each, 0);
  return [
    formatBytes(downloadBytes(set)),
    `${formatCount(set.classCount)} classes`,
    count(images, 'image'),
    set.imageSize,
  ].join(' · ');
}

/** `34 MB of 170 MB · 5.2 MB/s · 26 s left` */
export function describeTransfer(progress: SetProgress, rate: TransferRate): string {
  switch (progress.kind) {
    case 'download': {
      const { bytes, totalBytes } = progress;
      const done = `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
      const speed = rate.bytesPerSecond;
      return speed > 0
        ? `${done} · ${formatBytes(Math.round(speed))}/s · ${formatDuration(rate.secondsFor(totalBytes - bytes))} left`
        : done;
    }
    case 'unpack':
      return `unpacking, ${formatBytes(progress.bytes)}`;
  }
}
