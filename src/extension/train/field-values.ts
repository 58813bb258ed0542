import { UserError } from '../../core/errors';
import type { FieldOption } from './config-form';

/** A number as it is typed in, with a comma or a point. */
export function numberOf(text: string): number {
  const value = text === '' ? Number.NaN : Number(text.replace(',', '.'));
  if (Number.isNaN(value)) throw new UserError(text === '' ? 'A number is needed.' : `'${text}' is not a number.`);
  return value;
}

export function optionLabel(options: readonly FieldOption[], text: string): string {
  return options.find((option) => option.text === text)?.label ?? text;
}
