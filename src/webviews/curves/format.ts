import type { AxisKind } from './run-history';
import type { Metric } from './chart-lines';

/** A loss in four digits, an accuracy in percent. */
export function formatMetric(metric: Metric, value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : '∞';
  return metric === 'accuracy' ? `${(value * 100).toFixed(2)} %` : formatDigits(value, 4);
}

/** So many significant digits, without an exponent where that is readable. */
export function formatDigits(value: number, digits: number): string {
  if (!Number.isFinite(value)) return 'NaN';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(digits - 2).replace('e+', 'e');
  return value.toPrecision(digits).includes('e') ? value.toFixed(0) : value.toPrecision(digits);
}

/** Ticks with as many decimals as they need to differ. */
export function formatTicks(metric: Metric, ticks: readonly number[]): string[] {
  if (metric === 'accuracy') return ticks.map((tick) => `${Number((tick * 100).toPrecision(10))}%`);
  return ticks.map((tick) => {
    const size = Math.abs(tick);
    return size !== 0 && (size < 1e-4 || size >= 1e6) ? tick.toExponential().replace('e+', 'e') : String(tick);
  });
}

export const axisNames: Readonly<Record<AxisKind, string>> = { epoch: 'Epoch', step: 'Step', time: 'Time' };

/** A place on the x axis, for the read-out. */
export function formatX(axis: AxisKind, x: number): string {
  if (axis === 'time') return `Time ${formatSeconds(x)}`;
  if (axis === 'step') return `Step ${formatCount(Math.round(x))}`;
  return `Epoch ${Number(x.toFixed(2))}`;
}

export function formatXTick(axis: AxisKind, tick: number): string {
  if (axis === 'time') return formatSeconds(tick);
  return axis === 'step' ? formatCount(tick) : String(tick);
}

/** 0:07, 2:05, 1:02:05 */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** 12,500: English like the rest of the panel. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
