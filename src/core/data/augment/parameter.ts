import { UserError } from '../../errors';
import type { TransformConfig } from './transform-config';

/**
 * What a transform's parameter may be: by this, text and JSON are checked, and panels make sliders. Numbers, pairs and
 * longer tuples are of one kind, told apart by `lengths`, because torchvision takes one for the other in most places.
 */
export type Parameter = NumbersParameter | BooleanParameter | ChoiceParameter | TransformsParameter;

/** A number (a length of 1), or a tuple of so many. */
export interface NumbersParameter extends Described {
  readonly kind: 'numbers';
  /** Ascending. With 1 among them a bare number may stand there. */
  readonly lengths: readonly number[];
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  /** Whether `min` itself is left out. */
  readonly aboveMin?: true;
  readonly odd?: true;
  /** Pairs are (least, most). */
  readonly ascending?: true;
  /** Whether None may stand there; says what that means. */
  readonly none?: string;
  /** What else may stand there, as a string. */
  readonly word?: string;
  /** Where a slider for one of the numbers goes from and to, and by what steps; values beyond may still be written. */
  readonly slider: { readonly from: number; readonly to: number; readonly step: number };
}

export interface BooleanParameter extends Described {
  readonly kind: 'boolean';
  /** Whether None may stand there; says what that means. */
  readonly none?: string;
}

export interface ChoiceParameter extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  /** The Python enumeration whose members (in capitals) are the choices; absent: they are strings in Python too. */
  readonly enumeration?: 'InterpolationMode' | 'AutoAugmentPolicy';
}

/** A list of transforms. */
export interface TransformsParameter extends Described {
  readonly kind: 'transforms';
}

interface Described {
  /** One line. */
  readonly meaning: string;
  /** Absent: the parameter must be given. */
  readonly default?: ParameterValue;
}

export type ParameterValue = number | readonly number[] | boolean | string | null | readonly TransformConfig[];

/** The value as it is kept in a configuration. Throws a UserError that names transform and parameter, with what is allowed. */
export function checkParameter(
  transform: string,
  name: string,
  parameter: Parameter,
  value: unknown,
  checkTransform: (value: unknown) => TransformConfig,
): ParameterValue {
  const refuse = (shown = showValue(value)): never => {
    throw new UserError(`${transform}: ${name} is ${shown}.`, `Give ${describeParameter(parameter)}.`);
  };
  switch (parameter.kind) {
    case 'boolean':
      if (value === null && parameter.none !== undefined) return null;
      return typeof value === 'boolean' ? value : refuse();
    case 'choice': {
      const chosen = typeof value === 'string' ? value.toLowerCase() : undefined;
      return parameter.choices.find((choice) => choice === chosen) ?? refuse();
    }
    case 'transforms':
      return Array.isArray(value) && value.length > 0 ? value.map(checkTransform) : refuse();
    case 'numbers': {
      if (value === null && parameter.none !== undefined) return null;
      if (typeof value === 'string' && value === parameter.word) return value;
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      const numbers = values.filter((each): each is number => typeof each === 'number' && fits(parameter, each));
      if (numbers.length !== values.length || !parameter.lengths.includes(values.length)) return refuse();
      const [first = 0, second = 0] = numbers;
      if (parameter.ascending && numbers.length === 2 && first > second) return refuse();
      return numbers.length === 1 ? first : numbers;
    }
  }
}

function fits({ whole, min, max, aboveMin, odd }: NumbersParameter, value: number): boolean {
  if (!Number.isFinite(value) || (whole && !Number.isInteger(value)) || (odd && value % 2 !== 1)) return false;
  return value <= max && (aboveMin ? value > min : value >= min);
}

/** What is allowed, in words that follow 'Give'. */
export function describeParameter(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'boolean':
      return parameter.none === undefined ? 'True or False' : 'True, False or None';
    case 'choice':
      return alternatives(
        parameter.choices.map((choice) =>
          parameter.enumeration ? `${parameter.enumeration}.${choice.toUpperCase()}` : `'${choice}'`,
        ),
      );
    case 'transforms':
      return 'a list of transforms';
    case 'numbers': {
      const kind = parameter.odd ? 'odd whole number' : parameter.whole ? 'whole number' : 'number';
      const shapes = parameter.lengths.map((length) =>
        length === 1 ? `${parameter.odd ? 'an' : 'a'} ${kind}` : `(${tuple(parameter, length)})`,
      );
      const others = [parameter.word === undefined ? [] : [`'${parameter.word}'`], parameter.none ? ['None'] : []];
      return `${alternatives([...shapes, ...others.flat()])}${describeRange(parameter)}`;
    }
  }
}

function tuple({ ascending }: NumbersParameter, length: number): string {
  if (ascending && length === 2) return 'least, most';
  return ['a', 'b', 'c', 'd'].slice(0, length).join(', ');
}

function describeRange({ min, max, aboveMin, lengths }: NumbersParameter): string {
  const each = lengths.some((length) => length > 1) ? ', each' : '';
  const least = `${aboveMin ? 'above' : 'of at least'} ${min}`;
  if (max === Number.POSITIVE_INFINITY) return min === Number.NEGATIVE_INFINITY ? '' : `${each} ${least}`;
  if (aboveMin) return `${each} ${least} and at most ${max}`;
  return `${each} from ${min} to ${max}`;
}

function alternatives(list: readonly string[]): string {
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} or ${list.at(-1) ?? ''}`;
}

/** As Python writes it. */
export function showValue(value: unknown): string {
  if (value === null) return 'None';
  if (value === undefined) return 'missing';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `(${value.map(showValue).join(', ')}${value.length === 1 ? ',' : ''})`;
  return 'no value for it';
}

/** Parameters by their name in configurations (`paddingMode`), in the order in which torchvision takes them. */
export type ParameterTable = Readonly<Record<string, Parameter>>;

/** `paddingMode` → `padding_mode`: as it is written in Python. */
export function pythonName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
