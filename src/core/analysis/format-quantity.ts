import { multiplyDims, type Dim } from '../graph/dim';
import type { ReceptiveField } from '../graph/receptive-field';

/*
 * Quantities as people read them, in hovers, inlay hints and lenses. The same everywhere, whatever the locale.
 */

/** Three digits and a unit of thousands: `851 k`, `1.82 G`; exact below a thousand. */
export function formatQuantity(value: Dim): string {
  if (typeof value === 'string') return readable(value);
  let scaled = value;
  for (const unit of ['', ' k', ' M', ' G', ' T']) {
    if (scaled < 999.5 || unit === ' T')
      return `${unit === '' ? String(Math.round(scaled)) : scaled.toPrecision(3)}${unit}`;
    scaled /= 1000;
  }
  return String(value);
}

/** `9,472`; a symbolic number as a sum of products: `64·H·W − 128`. */
export function formatCount(count: Dim): string {
  return typeof count === 'number' ? count.toLocaleString('en-US', { maximumFractionDigits: 0 }) : readable(count);
}

/** `3.06 MiB`, in units of 1024. */
export function formatBytes(bytes: Dim): string {
  if (typeof bytes === 'string') return `${readable(bytes)} bytes`;
  let scaled = bytes;
  for (const unit of ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']) {
    if (scaled < 999.5 || unit === 'TiB') return `${unit === 'bytes' ? scaled : scaled.toPrecision(3)} ${unit}`;
    scaled /= 1024;
  }
  return `${bytes} bytes`;
}

/** Of so many images: `3.06 MiB for one image`, `97.9 MiB for a batch of 32`. */
export function formatMemory(bytes: Dim, batchSize: number): string {
  const all = multiplyDims(bytes, batchSize);
  return batchSize === 1 ? `${formatBytes(all)} for one image` : `${formatBytes(all)} for a batch of ${batchSize}`;
}

/** `427 × 427`, of several paths `11 × 11 to 43 × 43`; `the whole input`. */
export function formatFieldSize(field: ReceptiveField): string {
  if (field.kind === 'global') return 'the whole input';
  const largest = field.size.join(' × ');
  return field.smallest === undefined ? largest : `${field.smallest.join(' × ')} to ${largest}`;
}

/** The size with the distance between neighbours: `43 × 43, jump 8`. */
export function formatReceptiveField(field: ReceptiveField): string {
  if (field.kind === 'global') return formatFieldSize(field);
  const [first, ...others] = field.jump;
  const jump = others.every((each) => each === first) ? `${first ?? 1}` : field.jump.join(' × ');
  return `${formatFieldSize(field)}, jump ${jump}`;
}

function readable(dim: string): string {
  return dim.replaceAll('*', '·').replace(/(?<=[^(])([+-])/g, (sign) => (sign === '+' ? ' + ' : ' − '));
}
