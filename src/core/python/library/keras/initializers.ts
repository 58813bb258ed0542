import type { Initializer } from '../../../graph/graph';
import type { Interpreter } from '../../runtime/interpreter';
import { none, type ClassValue, type InstanceValue, type Value } from '../../runtime/values';
import { nativeClass, objectClass } from '../native-class';
import { optional, readArguments } from '../read-arguments';
import { snakeCase } from './keras-session';

/** First values for a weight with these numbers of inputs and outputs. */
export type FirstValues = (fans: { readonly fanIn: number; readonly fanOut: number }) => Initializer;

type Make = (interpreter: Interpreter, args: Readonly<Record<string, Value | undefined>>) => FirstValues;

interface InitializerKind {
  readonly names: readonly string[];
  readonly make: Make;
}

const zero: Initializer = { kind: 'constant', value: 0 };

/** Formulas: keras.initializers. A truncated normal is drawn from a normal of the same variance. */
const kinds: Readonly<Record<string, InitializerKind>> = {
  Zeros: { names: [], make: () => () => zero },
  Ones: { names: [], make: () => () => ({ kind: 'constant', value: 1 }) },
  Constant: {
    names: ['value?'],
    make: (interpreter, { value }) => {
      const constant = optional(interpreter, value, 0);
      return () => ({ kind: 'constant', value: constant });
    },
  },
  RandomNormal: { names: ['mean?', 'stddev?', 'seed?'], make: normal },
  TruncatedNormal: { names: ['mean?', 'stddev?', 'seed?'], make: normal },
  RandomUniform: {
    names: ['minval?', 'maxval?', 'seed?'],
    make: (interpreter, { minval, maxval }) => {
      const [low, high] = [optional(interpreter, minval, -0.05), optional(interpreter, maxval, 0.05)];
      if (low !== -high) return interpreter.fail('RandomUniform with bounds that are not ±a is not supported yet.');
      return () => ({ kind: 'uniform', bound: high });
    },
  },
  GlorotUniform: scaling('fan_avg', 'uniform', 1),
  GlorotNormal: scaling('fan_avg', 'normal', 1),
  HeUniform: scaling('fan_in', 'uniform', 2),
  HeNormal: scaling('fan_in', 'normal', 2),
  LecunUniform: scaling('fan_in', 'uniform', 1),
  LecunNormal: scaling('fan_in', 'normal', 1),
  VarianceScaling: {
    names: ['scale?', 'mode?', 'distribution?', 'seed?'],
    make: (interpreter, { scale, mode, distribution }) => {
      const text = (value: Value | undefined, otherwise: string): string =>
        value?.kind === 'string' ? value.value : otherwise;
      return scaled(text(mode, 'fan_in'), text(distribution, 'truncated_normal'), optional(interpreter, scale, 1));
    },
  },
  // The values of an orthogonal matrix have the variance 1 / its longer side; that rows stand at right angles is not kept.
  OrthogonalInitializer: { names: ['gain?', 'seed?'], make: orthogonal },
  Orthogonal: { names: ['gain?', 'seed?'], make: orthogonal },
  Identity: {
    names: ['gain?'],
    make: (interpreter) => interpreter.fail('The initializer Identity is not supported yet.'),
  },
};

/** The classes of `keras.initializers`, under their class names and the short ones (`he_normal`). */
export const initializerClasses: ReadonlyMap<string, ClassValue> = new Map(
  Object.keys(kinds).flatMap((name) => {
    const made = initializerClass(name);
    return [
      [name, made],
      [snakeCase(name), made],
    ] as const;
  }),
);

const made = new WeakMap<InstanceValue, FirstValues>();

/** First values by name, object or class; a function of the user's is not followed. */
export function readInitializer(interpreter: Interpreter, value: Value): FirstValues {
  if (value.kind === 'none') return scaled('fan_avg', 'uniform', 1);
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  if (value.kind === 'float' || (value.kind === 'integer' && typeof value.value === 'number')) {
    const constant = Number(value.value);
    return () => ({ kind: 'constant', value: constant });
  }
  if (value.kind === 'string') {
    const known = initializerClasses.get(value.value) ?? shortNames[value.value];
    if (known) return readInitializer(interpreter, known);
    return interpreter.raise('ValueError', `Unknown initializer: '${value.value}'`);
  }
  if (value.kind === 'class') {
    const instance = interpreter.call(value);
    return instance.kind === 'class' ? unsupported(interpreter) : readInitializer(interpreter, instance);
  }
  return (value.kind === 'instance' ? made.get(value) : undefined) ?? unsupported(interpreter);
}

const shortNames: Readonly<Record<string, ClassValue | undefined>> = {
  normal: initializerClasses.get('RandomNormal'),
  uniform: initializerClasses.get('RandomUniform'),
  one: initializerClasses.get('Ones'),
  zero: initializerClasses.get('Zeros'),
};

function unsupported(interpreter: Interpreter): never {
  return interpreter.fail('First values of this kind are not supported yet.');
}

function initializerClass(name: string): ClassValue {
  return nativeClass(name, [objectClass], {
    __init__: (interpreter, [self, ...positional], keyword) => {
      const kind = kinds[name];
      if (self?.kind !== 'instance' || !kind) return none;
      made.set(self, kind.make(interpreter, readArguments(interpreter, name, kind.names, positional, keyword)));
      return none;
    },
  });
}

function normal(interpreter: Interpreter, { mean, stddev }: Readonly<Record<string, Value | undefined>>): FirstValues {
  const init: Initializer = {
    kind: 'normal',
    mean: optional(interpreter, mean, 0),
    std: optional(interpreter, stddev, 0.05),
  };
  return () => init;
}

function orthogonal(interpreter: Interpreter, { gain }: Readonly<Record<string, Value | undefined>>): FirstValues {
  const factor = optional(interpreter, gain, 1);
  return ({ fanIn, fanOut }) => ({ kind: 'normal', mean: 0, std: factor / Math.sqrt(Math.max(fanIn, fanOut)) });
}

function scaling(mode: string, distribution: string, scale: number): InitializerKind {
  return { names: ['seed?'], make: () => scaled(mode, distribution, scale) };
}

function scaled(mode: string, distribution: string, scale: number): FirstValues {
  return ({ fanIn, fanOut }) => {
    const fan = mode === 'fan_in' ? fanIn : mode === 'fan_out' ? fanOut : (fanIn + fanOut) / 2;
    const variance = scale / Math.max(1, fan);
    return distribution === 'uniform'
      ? { kind: 'uniform', bound: Math.sqrt(3 * variance) }
      : { kind: 'normal', mean: 0, std: Math.sqrt(variance) };
  };
}
