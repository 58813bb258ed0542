import type { Arguments } from '../../../ops/arguments';
import { OpError } from '../../../ops/op';
import type { Interpreter } from '../../runtime/interpreter';
import type { Value } from '../../runtime/values';
import { readActivation, type Activation } from './activations';
import { readInitializer, type FirstValues } from './initializers';
import { kerasSession } from './keras-session';
import type { DataFormat } from './keras-tensor';

/** The arguments of a layer's constructor, read by name and checked as Keras does. Readers throw an OpError. */
export class LayerArguments {
  constructor(
    readonly interpreter: Interpreter,
    /** Name of the layer's class. */
    readonly title: string,
    private readonly args: Arguments,
    private readonly raw: ReadonlyMap<string, Value>,
  ) {}

  integer(name: string): number {
    return this.args.integer(name);
  }

  positiveInteger(name: string): number {
    return this.args.positiveInteger(name);
  }

  number(name: string): number {
    return this.args.number(name);
  }

  boolean(name: string): boolean {
    return this.args.boolean(name);
  }

  isNone(name: string): boolean {
    return this.args.isNone(name);
  }

  /** The value as it was given; undefined where the default holds. */
  value(name: string): Value | undefined {
    return this.raw.get(name);
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.args.string(name).toLowerCase();
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      const listed = choices.map((choice) => `'${choice}'`).join(', ');
      throw new OpError(`${this.title}: ${name} must be one of ${listed}, got '${value}'.`);
    }
    return found;
  }

  /** An int, or a tuple of exactly `rank` ints, all at least `least`. */
  sizes(name: string, rank: number, least = 1): readonly number[] {
    const value = this.args.value(name);
    const isTuple = value.kind === 'sequence';
    if (isTuple && value.items.length !== rank) {
      throw new OpError(
        `${this.title}: ${name} must be an int or a tuple of ${rank} ints, got ${value.items.length} values.`,
      );
    }
    const sizes = this.args.integers(name, rank);
    const wrong = sizes.find((size) => size < least);
    if (wrong !== undefined) throw new OpError(`${this.title}: ${name} must be at least ${least}, got ${wrong}.`);
    return sizes;
  }

  /** An int or a list of ints: axes. */
  integers(name: string): readonly number[] {
    const value = this.args.value(name);
    return value.kind === 'sequence' ? this.args.integers(name, value.items.length) : [this.args.integer(name)];
  }

  dataFormat(): DataFormat {
    if (this.isNone('data_format')) return kerasSession(this.interpreter).dataFormat;
    return this.choice('data_format', ['channels_last', 'channels_first']);
  }

  activation(name = 'activation'): Activation {
    return readActivation(this.interpreter, this.raw.get(name) ?? this.defaultText(name));
  }

  initializer(name: string): FirstValues {
    return readInitializer(this.interpreter, this.raw.get(name) ?? this.defaultText(name));
  }

  private defaultText(name: string): Value {
    return this.isNone(name) ? { kind: 'none' } : { kind: 'string', value: this.args.string(name) };
  }
}
