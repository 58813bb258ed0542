import { UserError } from '../../core/errors';

/**
 * Names for labels that are numbers from 0 to below `count`: the given ones, or the numbers themselves.
 * @throws UserError where there are fewer names. `place`: for the message.
 */
export function nameClasses(names: readonly string[] | undefined, count: number, place: string): readonly string[] {
  if (!names) return Array.from({ length: count }, (_, label) => String(label));
  if (names.length >= count) return names;
  throw new UserError(
    `${place} has a label ${count - 1}, but only ${names.length} classes have names.`,
    'Name all classes, from label 0 on.',
  );
}
