import { pytorchFunction } from '../../ops/table';
import { shortModuleName } from '../runtime/attributes';
import { native, none, opaque, type ModuleValue, type Value } from '../runtime/values';
import {
  moduleDictClass,
  moduleListClass,
  parameterDictClass,
  parameterListClass,
  sequentialClass,
} from './containers';
import { initialisers } from './initialise';
import { isInstance } from './is-instance';
import { identityClass, layerClass } from './layers';
import { layerAncestors } from './layer-ancestors';
import { moduleClass } from './module-class';
import { callBinding } from './tensor-calls';
import { torchSupportModules } from './torch-support-modules';
import { linalgFunction, torchFunction } from './tensor-methods';
import { parameterClass, tensorNamespace } from './tensor-namespace';

const torchNn: ModuleValue = {
  kind: 'module',
  name: 'torch.nn',
  namespace: new Map<string, Value>([
    ['Module', moduleClass],
    ['Sequential', sequentialClass],
    ['ModuleList', moduleListClass],
    ['ModuleDict', moduleDictClass],
    ['ParameterList', parameterListClass],
    ['Identity', identityClass],
    ['ParameterDict', parameterDictClass],
    ['Parameter', parameterClass],
  ]),
  missing: (name) => layerClass(name) ?? layerAncestors.get(name),
};

const torch: ModuleValue = {
  kind: 'module',
  name: 'torch',
  namespace: new Map<string, Value>(tensorNamespace),
  missing: (name) => torchFunction(name) ?? namedFunction(`torch.${name}`),
};

const linalg: ModuleValue = {
  kind: 'module',
  name: 'torch.linalg',
  namespace: new Map(),
  missing: (name) => linalgFunction(name) ?? namedFunction(`torch.linalg.${name}`),
};

const functional: ModuleValue = {
  kind: 'module',
  name: 'torch.nn.functional',
  namespace: new Map(),
  missing: (name) => namedFunction(`torch.nn.functional.${name}`),
};

const special: ModuleValue = {
  kind: 'module',
  name: 'torch.special',
  namespace: new Map(),
  missing: (name) => namedFunction(`torch.special.${name}`),
};

const passThrough = native('passThrough', (_, [value = none]) => value);

/** TorchScript and tracing change nothing about what a model computes. */
const jit: ModuleValue = {
  kind: 'module',
  name: 'torch.jit',
  namespace: new Map<string, Value>([
    ...['script', 'ignore', 'unused', 'export', '_overload_method', 'script_method'].map(
      (name) => [name, passThrough] as const,
    ),
    ['is_scripting', native('is_scripting', () => ({ kind: 'boolean', value: false }))],
    ['is_tracing', native('is_tracing', () => ({ kind: 'boolean', value: false }))],
    ['annotate', native('annotate', (_, [, value = none]) => value)],
    [
      'isinstance',
      native('isinstance', (interpreter, [value = none, type = none]) => isInstance(interpreter, value, type)),
    ],
    ['Attribute', passThrough],
    ['ScriptModule', moduleClass],
    ['Final', opaque('Final')],
  ]),
};

/** The modules of PyTorch that model code uses, by full name. */
export const torchModules: readonly ModuleValue[] = [
  torch,
  linalg,
  torchNn,
  functional,
  special,
  jit,
  { kind: 'module', name: 'torch.nn.init', namespace: new Map(initialisers) },
  { kind: 'module', name: 'torch.nn.parameter', namespace: new Map<string, Value>([['Parameter', parameterClass]]) },
  ...torchSupportModules,
];

function namedFunction(fullName: string): Value | undefined {
  const binding = pytorchFunction(fullName);
  if (!binding) return undefined;
  const at = fullName.lastIndexOf('.');
  const shown = `${shortModuleName(fullName.slice(0, at))}.${fullName.slice(at + 1)}`;
  return native(shown, (interpreter, positional, keyword) =>
    callBinding(interpreter, shown, binding, positional, keyword),
  );
}
