import type { Interpreter } from '../runtime/interpreter';
import { compare } from '../runtime/compare';
import { attributesOf } from './namespaces';
import {
  boolean,
  dict,
  float,
  integer,
  list,
  native,
  none,
  opaque,
  string,
  tuple,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { enumModule } from './enum-module';
import { nativeClass, objectClass } from './native-class';

const pass: NativeCall = (_, [value = none]) => value;
const nothing: NativeCall = () => none;

function unknown(reason: string): NativeCall {
  return (interpreter) => interpreter.unknown(reason);
}

function moduleOf(
  name: string,
  members: Readonly<Record<string, Value | NativeCall>>,
  missing?: ModuleValue['missing'],
): ModuleValue {
  const namespace = new Map<string, Value>();
  for (const [key, value] of Object.entries(members)) {
    namespace.set(key, typeof value === 'function' ? native(key, value) : value);
  }
  return { kind: 'module', name, namespace, ...(missing ? { missing } : {}) };
}

/** A thing whose methods all do nothing that matters: a logger. */
function silentObject(name: string): ModuleValue {
  return moduleOf(name, {}, (member) => (member.startsWith('__') ? undefined : native(member, nothing)));
}

/** A library whose functions only tell or measure something. */
function silent(name: string, members: Readonly<Record<string, Value | NativeCall>> = {}): ModuleValue {
  return moduleOf(name, members, (member) => {
    if (member.startsWith('__')) return undefined;
    return /^[A-Z]+$/.test(member) ? opaque(member) : native(member, nothing);
  });
}

/** A library of which nothing is known: what it gives is unknown, for this reason. */
function unpredictable(
  name: string,
  reason: string,
  members: Readonly<Record<string, Value | NativeCall>> = {},
): ModuleValue {
  return moduleOf(name, members, (member) => (member.startsWith('__') ? undefined : native(member, unknown(reason))));
}

function pathText(parts: readonly Value[]): string | undefined {
  const texts = parts.map((part) => (part.kind === 'string' ? part.value : undefined));
  return texts.every((text) => text !== undefined) ? texts.join('/').replace(/\/{2,}/g, '/') : undefined;
}

const files = 'What stands in files and folders is not read.';

const osPath = moduleOf(
  'os.path',
  {
    join: (interpreter, parts) => {
      const text = pathText(parts);
      return text === undefined ? interpreter.unknown('This path is not known.') : string(text);
    },
    basename: (interpreter, [path = none]) =>
      path.kind === 'string'
        ? string(path.value.split('/').at(-1) ?? '')
        : interpreter.unknown('This path is not known.'),
    splitext: (interpreter, [path = none]) => {
      if (path.kind !== 'string') return interpreter.unknown('This path is not known.');
      const [, root = path.value, extension = ''] = /^(.*[^/])(\.[^./]*)$/.exec(path.value) ?? [];
      return tuple([string(root), string(extension)]);
    },
    sep: string('/'),
  },
  (member) => (member.startsWith('_') ? undefined : native(member, unknown(files))),
);

/** `with suppress(KeyError):`, `with nullcontext(x) as y:` */
const suppressClass = nativeClass('suppress', [objectClass], {
  __init__: (_, [self, ...types]) => {
    if (self?.kind === 'instance') self.attributes.set('types', tuple(types));
    return none;
  },
  __enter__: nothing,
  __exit__: (_, [self = none, type = none]) => {
    const types = self.kind === 'instance' ? self.attributes.get('types') : undefined;
    const matches =
      type.kind === 'class' &&
      types?.kind === 'tuple' &&
      types.items.some((item) => item.kind === 'class' && type.order.includes(item));
    return boolean(matches);
  },
});

const nullContextClass = nativeClass('nullcontext', [objectClass], {
  __init__: (_, [self, entered = none], keyword) => {
    if (self?.kind === 'instance') self.attributes.set('entered', keyword.get('enter_result') ?? entered);
    return none;
  },
  __enter__: (_, [self]) => (self?.kind === 'instance' ? (self.attributes.get('entered') ?? none) : none),
  __exit__: nothing,
});

const managerClass = nativeClass('_GeneratorContextManager', [objectClass]);

/** The decorated generator function makes managers: what it yields is entered, and its rest runs at the end. */
const contextManager: NativeCall = (_, [decorated = none]) =>
  native('contextmanager', (interpreter, positional, keyword) => {
    const made = interpreter.call(decorated, positional, keyword);
    if (made.kind !== 'iterator') return made;
    return {
      kind: 'instance',
      class: managerClass,
      attributes: new Map(),
      content: made,
      module: undefined,
      place: interpreter.place,
    };
  });

const simpleNamespaceClass = nativeClass('SimpleNamespace', [objectClass], {
  __init__: (_, [self], keyword) => {
    if (self?.kind === 'instance') for (const [name, value] of keyword) self.attributes.set(name, value);
    return none;
  },
  __eq__: (interpreter, [self = none, other = none]) =>
    compare(interpreter, '==', attributesOf(interpreter, self), attributesOf(interpreter, other)),
});

/** `inspect.signature(f)`: names, defaults and kinds of the parameters. */
const signature: NativeCall = (interpreter, [callee = none]) => {
  const found =
    callee.kind === 'class'
      ? interpreter.findAttribute(callee, '__init__')
      : callee.kind === 'method'
        ? callee.function
        : callee;
  const wrapped = found?.kind === 'function' ? found.attributes.get('__wrapped__') : undefined;
  if (wrapped) return signature(interpreter, [wrapped], new Map());
  if (found?.kind !== 'function') return interpreter.unknown('This signature is not known.');
  const bound = callee.kind === 'class' || callee.kind === 'method';
  const parameters = dict();
  for (const { name, kind } of found.parameters.slice(bound ? 1 : 0)) {
    const attributes = new Map<string, Value>([
      ['name', string(name)],
      ['default', found.defaults.get(name) ?? emptyParameter],
      ['kind', opaque(kinds[kind])],
      ['annotation', interpreter.unknown('Annotations are not kept.')],
    ]);
    const parameter: Value = {
      kind: 'instance',
      class: parameterClass,
      attributes,
      module: undefined,
      place: interpreter.place,
    };
    parameters.entries.set(`s:${name}`, { key: string(name), value: parameter });
  }
  return {
    kind: 'instance',
    class: signatureClass,
    attributes: new Map([['parameters', parameters]]),
    module: undefined,
    place: interpreter.place,
  };
};

const kinds = {
  plain: 'POSITIONAL_OR_KEYWORD',
  'positional-only': 'POSITIONAL_ONLY',
  'keyword-only': 'KEYWORD_ONLY',
  variadic: 'VAR_POSITIONAL',
  keywords: 'VAR_KEYWORD',
} as const;
const emptyParameter = nativeClass('_empty', [objectClass]);
const signatureClass = nativeClass('Signature', [objectClass]);
const parameterClass = nativeClass('Parameter', [objectClass], {
  empty: emptyParameter,
  ...Object.fromEntries(Object.values(kinds).map((kind) => [kind, opaque(kind)])),
});

/** Python's standard library around model code: what says something of the model is followed, the rest does no harm. */
export const standardModules: readonly ModuleValue[] = [
  enumModule,
  moduleOf(
    'os',
    { environ: dict(), getcwd: unknown(files), makedirs: nothing, getenv: environmentVariable, sep: string('/') },
    (member) => (member.startsWith('_') || member === 'path' ? undefined : native(member, unknown(files))),
  ),
  osPath,
  moduleOf('sys', {
    argv: list([string('')]),
    path: list([]),
    platform: string('linux'),
    maxsize: integer(Number.MAX_SAFE_INTEGER),
    version_info: tuple([3, 11, 0].map(integer)),
    modules: opaque('sys.modules'),
    stdout: silentObject('stdout'),
    stderr: silentObject('stderr'),
    exit: (interpreter) => interpreter.raise('SystemExit', ''),
    setrecursionlimit: nothing,
    getsizeof: unknown('The size of an object is not known.'),
  }),
  unpredictable('random', 'It is a random number.', {
    seed: nothing,
    shuffle: (interpreter) => interpreter.fail('A random order is not known.'),
  }),
  unpredictable('time', 'It depends on the time.', { sleep: nothing }),
  unpredictable('datetime', 'It depends on the time.'),
  unpredictable('json', files, { dump: nothing, dumps: unknown('This text is not known.') }),
  unpredictable('pickle', files, { dump: nothing }),
  unpredictable('yaml', files, { dump: nothing }),
  unpredictable('csv', files),
  unpredictable('glob', files),
  unpredictable('shutil', files),
  unpredictable('subprocess', 'No program is run.'),
  unpredictable('uuid', 'It is a random number.'),
  unpredictable('re', 'Regular expressions are not followed.'),
  unpredictable('pathlib', files),
  unpredictable('importlib', 'Modules that are chosen while the program runs are not followed.'),
  unpredictable('weakref', 'Weak references are not followed.', {
    ref: (_, [value = none]) => native('ref', () => value),
    proxy: pass,
  }),
  silent('gc'),
  silent('traceback'),
  silent('atexit'),
  silent('signal'),
  silent('logging', { getLogger: () => silentObject('a logger'), Logger: opaque('Logger') }),
  silent('warnings', { catch_warnings: nullContextClass }),
  silent('pprint'),
  silent('loguru', { logger: silentObject('a logger') }),
  silent('absl.logging'),
  silent('tensorboardX'),
  silent('torchsummary'),
  silent('torchinfo'),
  silent('thop', { profile: unknown('What is measured is not known.') }),
  silent('fvcore.nn.weight_init'),
  moduleOf('tqdm', { tqdm: pass, trange: range, notebook: moduleOf('tqdm.notebook', { tqdm: pass, trange: range }) }),
  moduleOf('tqdm.auto', { tqdm: pass, trange: range }),
  moduleOf('tqdm.notebook', { tqdm: pass, trange: range }),
  moduleOf('contextlib', {
    contextmanager: contextManager,
    suppress: suppressClass,
    nullcontext: nullContextClass,
    redirect_stdout: nullContextClass,
  }),
  moduleOf('inspect', {
    signature,
    Parameter: parameterClass,
    Signature: signatureClass,
    isclass: (_, [value = none]) => (value.kind === 'unknown' ? value : boolean(value.kind === 'class')),
    isfunction: (_, [value = none]) => (value.kind === 'unknown' ? value : boolean(value.kind === 'function')),
    ismethod: (_, [value = none]) => (value.kind === 'unknown' ? value : boolean(value.kind === 'method')),
    getmembers: unknown('inspect.getmembers is not supported yet.'),
    getfullargspec: unknown('inspect.getfullargspec is not supported yet.'),
  }),
  moduleOf(
    'numbers',
    Object.fromEntries(['Number', 'Complex', 'Real', 'Rational', 'Integral'].map((name) => [name, opaque(name)])),
  ),
  moduleOf('string', {
    ascii_lowercase: string('abcdefghijklmnopqrstuvwxyz'),
    ascii_uppercase: string('ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
    ascii_letters: string('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'),
    digits: string('0123456789'),
  }),
  moduleOf('textwrap', { dedent: pass }),
  moduleOf('statistics', { mean: statisticsMean }),
  moduleOf('types', {
    SimpleNamespace: simpleNamespaceClass,
    MethodType: (_, [callee = none, self = none]) => ({ kind: 'method', self, function: callee }),
    MappingProxyType: pass,
    FunctionType: opaque('FunctionType'),
    ModuleType: opaque('ModuleType'),
    LambdaType: opaque('FunctionType'),
    NoneType: opaque('NoneType'),
    GeneratorType: opaque('Generator'),
  }),
];

function environmentVariable(interpreter: Interpreter): Value {
  return interpreter.unknown('The environment of the program is not known.');
}

function range(interpreter: Interpreter, positional: readonly Value[]): Value {
  const [first = none, second] = positional;
  const known = (value: Value): number =>
    value.kind === 'integer' && typeof value.value === 'number'
      ? value.value
      : interpreter.fail('This range is not known.');
  return { kind: 'range', start: second ? known(first) : 0, stop: known(second ?? first), step: 1 };
}

function statisticsMean(interpreter: Interpreter, [items = none]: readonly Value[]): Value {
  const numbers = interpreter
    .iterate(items)
    .map((item) => (item.kind === 'integer' || item.kind === 'float' ? Number(item.value) : NaN));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Number.isNaN(mean) ? interpreter.unknown('This mean is not known.') : float(mean);
}
