import { InvalidArgumentError } from 'commander';
import { UserError } from '../core/errors';

/** The command was called in a way that can't work: exit code 2. */
export class UsageError extends UserError {}

/** Runs what reads the command's arguments: a UserError in there is wrong use. */
export function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw new UsageError(error.message, error.remedy, { cause: error });
    throw error;
  }
}

/** For commander: an option's number. */
export function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** For commander: an option's whole number of at least `least`. */
export function parseInteger(least: number): (text: string) => number {
  return (text) => {
    const value = parseNumber(text);
    if (!Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    }
    return value;
  };
}
