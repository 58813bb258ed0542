import { UserError } from '../../core/errors';
import { compareText } from './folder-entries';

/** Names of classes in the order in which they come up, and their numbers in the end. */
export class ClassNames {
  private readonly numbers = new Map<string, number>();

  /** The number of a class for now. */
  number(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    if (this.numbers.size >= mostClasses) {
      throw new UserError(`There are more than ${mostClasses} classes.`, 'Check that the labels are classes.');
    }
    this.numbers.set(name, this.numbers.size);
    return this.numbers.size - 1;
  }

  /**
   * Sorted, numbers by their value; or in the order of `wanted`, which must have them all.
   * @throws UserError where it has not. `place`: for the message.
   */
  finish(wanted: readonly string[] | undefined, place: string): { classes: readonly string[]; relabel: Int32Array } {
    const found = [...this.numbers.keys()];
    const unknown = wanted && found.filter((name) => !wanted.includes(name));
    if (unknown && unknown.length > 0) {
      throw new UserError(
        `${place} has classes that dataset.json does not name: ${unknown.slice(0, 5).join(', ')}.`,
        'Add them to its classes, or correct the labels.',
      );
    }
    const areNumbers = found.every((name) => /^-?\d{1,9}$/.test(name));
    const classes = wanted ?? found.sort(areNumbers ? (a, b) => Number(a) - Number(b) : compareText);
    const places = new Map(classes.map((name, label) => [name, label]));
    const relabel = new Int32Array(this.numbers.size);
    for (const [name, number] of this.numbers) relabel[number] = places.get(name) ?? 0;
    return { classes, relabel };
  }
}

/** More are names of files or numbers of rows, and no classes. */
const mostClasses = 65_536;
