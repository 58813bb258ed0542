import { UserError } from '../errors';

/* Values of a configuration that comes from outside: each as it is, or a UserError that names it. */

export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new UserError(`${what} is missing.`);
  return value as Readonly<Record<string, unknown>>;
}

export function integer(value: unknown, what: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UserError(`${what} must be a whole number from ${least} to ${most}, not ${show(value)}.`);
}

export interface Range {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

export function number(value: unknown, what: string, range: Range): number {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity } = range;
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (isNumber && value > above && value >= atLeast && value < below && value <= atMost) return value;
  const limits = [
    range.above === undefined ? '' : `above ${range.above}`,
    range.atLeast === undefined ? '' : `of at least ${range.atLeast}`,
    range.below === undefined ? '' : `below ${range.below}`,
    range.atMost === undefined ? '' : `of at most ${range.atMost}`,
  ];
  throw new UserError(`${what} must be a number ${limits.filter(Boolean).join(' and ')}, not ${show(value)}.`);
}

export function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
