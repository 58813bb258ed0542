import type { Interpreter } from '../../runtime/interpreter';
import { dict, lookUp, native, none, string, type Value } from '../../runtime/values';
import { kerasApplications } from '../keras/applications';
import { sameShape } from '../keras/same-shape';
import { forgetValues } from '../module-class';
import { callBinding } from '../tensor-calls';
import { pytorchFunction } from '../../../ops/table';
import { argparse } from './argparse';
import { attributeDicts } from './attribute-dicts';
import { lightning } from './lightning';
import { timmLayers } from './timm-layers';
import { timmResnet } from './timm-resnet';
import { torchNnParametrize, torchNnUtils } from './torch-nn-utils';
import { torchTransformer } from './torch-transformer';
import { torchvisionOps } from './torchvision-ops';

/** A library's module as Python source of our own, which is interpreted like any file. */
export interface PreludeModule {
  readonly text: string;
  /** What the text uses that Python cannot say, by name. */
  readonly natives?: Readonly<Record<string, Value>>;
}

const stochasticDepth = native('stochastic_depth', (interpreter, positional, keyword) => {
  const binding = pytorchFunction('torchvision.ops.stochastic_depth');
  if (!binding) return interpreter.unknown('Stochastic depth is not supported yet.');
  return callBinding(interpreter, 'stochastic_depth', binding, positional, keyword);
});

/** The arguments of the function that called the one that asks. */
const callerArguments = native('_caller_arguments', (interpreter: Interpreter) => {
  const caller = interpreter.frames.at(-2);
  const parameters = caller?.function?.parameters ?? [];
  const given = dict();
  for (const { name, kind } of parameters.slice(1)) {
    const value = caller && lookUp(caller.scope.names, name);
    if (!value || kind === 'variadic') continue;
    if (kind !== 'keywords') given.entries.set(`s:${name}`, { key: string(name), value });
    else if (value.kind === 'dict') for (const [key, entry] of value.entries) given.entries.set(key, { ...entry });
  }
  return given;
});

const notSupported = native('not_supported', (interpreter, [what]) => ({
  ...interpreter.unknown(`${what?.kind === 'string' ? what.value : 'This'} is not supported yet.`),
  layer: true,
}));

const loadWeights = native('load_weights', (interpreter, [model]) => {
  if (model?.kind === 'instance') forgetValues(interpreter, model);
  return none;
});

const commandLineValue = native('command_line_value', (interpreter) =>
  interpreter.unknown('It is given on the command line.'),
);

const modules: ReadonlyMap<string, PreludeModule> = new Map<string, PreludeModule>([
  ['argparse', { text: argparse, natives: { __command_line_value__: commandLineValue } }],
  ['torch.nn.utils', { text: torchNnUtils }],
  ['torch.nn.utils.parametrize', { text: torchNnParametrize }],
  ['torch.nn.transformer', { text: torchTransformer }],
  ['torchvision.ops', { text: torchvisionOps, natives: { stochastic_depth: stochasticDepth } }],
  ['timm', { text: timmResnet, natives: { __not_supported__: notSupported, __load_weights__: loadWeights } }],
  ['timm.layers', { text: timmLayers }],
  ['pytorch_lightning', { text: lightning, natives: { _caller_arguments: callerArguments } }],
  ['easydict', { text: attributeDicts }],
  ['keras.applications', { text: kerasApplications, natives: { same_shape: sameShape } }],
]);

/** Other names under which the same things are imported. */
const aliases: readonly (readonly [RegExp, string])[] = [
  [/^torch\.nn\.utils\.(weight_norm|spectral_norm|clip_grad|convert_parameters|fusion)$/, 'torch.nn.utils'],
  [/^torch\.nn\.utils\.parametrizations$/, 'torch.nn.utils.parametrize'],
  [/^torchvision\.ops\.(misc|stochastic_depth|feature_pyramid_network)$/, 'torchvision.ops'],
  [/^timm\.(models\.)?layers(\.\w+)?$/, 'timm.layers'],
  [
    /^(pytorch_lightning|lightning\.pytorch|lightning)(\.(core|callbacks|trainer|utilities)(\.\w+)*)?$/,
    'pytorch_lightning',
  ],
  [/^((tensorflow\.(python\.)?)?keras|tf_keras|keras\.src)\.applications(\.\w+)?$/, 'keras.applications'],
  [/^(addict|yacs\.config|munch|ml_collections|attrdict|box)$/, 'easydict'],
];

export function preludeModule(name: string): { readonly name: string; readonly module: PreludeModule } | undefined {
  const real = aliases.find(([pattern]) => pattern.test(name))?.[1] ?? name;
  const module = modules.get(real);
  return module && { name: real, module };
}

/** Packages that stand between: `timm` of `timm.layers`. */
export function isPreludePackage(name: string): boolean {
  return ['torchvision', 'timm', 'timm.models', 'yacs', 'lightning'].includes(name);
}

/** What is part of Python or PyTorch itself is always ours; other packages only where the user's environment has none. */
export function isAlwaysOurs(name: string): boolean {
  return name === 'argparse' || name === 'keras.applications' || name.startsWith('torch.');
}

/** The transformer layers, which `torch.nn` lists beside the others. */
export function transformerClass(interpreter: Interpreter, name: string): Value | undefined {
  if (!/^Transformer((En|De)coder(Layer)?)?$/.test(name)) return undefined;
  const module = interpreter.library('torch.nn.transformer');
  return module && lookUp(module.namespace, name);
}
