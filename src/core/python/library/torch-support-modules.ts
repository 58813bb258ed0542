import {
  boolean,
  integer,
  native,
  none,
  opaque,
  tuple,
  type ClassValue,
  type InstanceValue,
  type ModuleValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import { binaryOperation } from '../runtime/operators';
import { identityClass } from './layers';
import { moduleClass } from './module-class';
import { nativeClass, objectClass } from './native-class';

/** Calls a function with the arguments that follow it: what is kept in memory changes nothing about what is computed. */
const checkpoint: NativeCall = (interpreter, [run = none, ...args], keyword) => {
  const own = ['use_reentrant', 'preserve_rng_state', 'context_fn', 'determinism_check', 'debug', 'early_stop'];
  return interpreter.call(run, args, new Map([...keyword].filter(([name]) => !own.includes(name))));
};

const checkpointSequential: NativeCall = (interpreter, [functions = none, , input], keyword) =>
  interpreter
    .iterate(functions)
    .reduce<Value>((value, run) => interpreter.call(run, [value]), input ?? keyword.get('input') ?? none);

/** What a custom `forward(ctx, …)` keeps for its backward. */
const contextClass = nativeClass('FunctionCtx', [objectClass], {
  save_for_backward: (_, [self, ...tensors]) => {
    if (self?.kind === 'instance')
      self.attributes.set('saved_tensors', tuple(tensors)).set('saved_variables', tuple(tensors));
    return none;
  },
  mark_dirty: () => none,
  mark_non_differentiable: () => none,
  set_materialize_grads: () => none,
});

/** `torch.autograd.Function`: its forward is read like any code; its own gradient cannot be trained with. */
const autogradFunctionClass = nativeClass('Function', [objectClass], {
  apply: {
    kind: 'classmethod',
    function: native('apply', (interpreter, [type = none, ...args]) => {
      if (interpreter.strict && interpreter.tracer.final) {
        return interpreter.fail('A gradient of its own (torch.autograd.Function) is not supported yet.');
      }
      const context: InstanceValue = {
        kind: 'instance',
        class: contextClass,
        attributes: new Map([['needs_input_grad', tuple(args.map(() => boolean(true)))]]),
        module: undefined,
        place: interpreter.place,
      };
      const forward = interpreter.getAttribute(type, 'forward');
      const takesContext = type.kind !== 'class' || !type.order.some((base) => base.namespace.has('setup_context'));
      return interpreter.call(forward, takesContext ? [context, ...args] : args);
    }),
  },
});

/** A `with` block, or a decorator, that changes nothing about shapes. */
function guardClass(name: string): ClassValue {
  return nativeClass(name, [objectClass], {
    __init__: () => none,
    __enter__: (_, [self = none]) => self,
    __exit__: () => none,
    __call__: (_, [, decorated = none]) => decorated,
  });
}

const autocast = guardClass('autocast');
const recordFunction = guardClass('record_function');

/** `nn.quantized.FloatFunctional`: arithmetic as methods. */
const floatFunctionalClass = nativeClass('FloatFunctional', [moduleClass], {
  add: arithmetic('+'),
  mul: arithmetic('*'),
  add_scalar: arithmetic('+'),
  mul_scalar: arithmetic('*'),
  add_relu: (interpreter, [, a = none, b = none]) =>
    interpreter.callMethod(binaryOperation(interpreter, '+', a, b), 'relu'),
  cat: (interpreter, [, ...args], keyword) =>
    interpreter.call(interpreter.getAttribute(interpreter.library('torch') ?? none, 'cat'), args, keyword),
});

function arithmetic(operator: '+' | '*'): NativeCall {
  return (interpreter, [, a = none, b = none]) => binaryOperation(interpreter, operator, a, b);
}

const pass: NativeCall = (_, [value = none]) => value;
const weightsFromFile: NativeCall = (interpreter) =>
  interpreter.unknown('The values of weights in a file are not known.');

function pairs(count: number): NativeCall {
  return (_, [value = none]) => {
    if (value.kind === 'unknown' || value.kind === 'tuple') return value;
    if (value.kind === 'list') return tuple(value.items);
    return tuple(Array.from({ length: count }, () => value));
  };
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

const no: NativeCall = () => boolean(false);
const nothing: NativeCall = () => none;
const decorator: NativeCall = (_, [decorated]) =>
  decorated && (decorated.kind === 'function' || decorated.kind === 'class') ? decorated : native('decorator', pass);

function ofLayers(name: string): Value | undefined {
  return name.startsWith('_') ? undefined : opaque(name);
}

const quantization: Readonly<Record<string, Value | NativeCall>> = {
  QuantStub: nativeClass('QuantStub', [identityClass]),
  DeQuantStub: nativeClass('DeQuantStub', [identityClass]),
  QuantWrapper: (interpreter) => interpreter.unknown('Quantised models are not supported yet.'),
  fuse_modules: (interpreter) => interpreter.fail('Fusing modules is not supported yet.'),
  default_qconfig: opaque('a quantisation configuration'),
  get_default_qconfig: () => opaque('a quantisation configuration'),
};

/** Modules of PyTorch around the layers: checkpointing, mixed precision, saving, data, optimisers. */
export const torchSupportModules: readonly ModuleValue[] = [
  moduleOf('torch.utils', {}),
  moduleOf('torch.utils.checkpoint', { checkpoint, checkpoint_sequential: checkpointSequential }),
  moduleOf('torch.utils.model_zoo', { load_url: weightsFromFile }),
  moduleOf('torch.utils.data', {
    Dataset: nativeClass('Dataset', [objectClass]),
    IterableDataset: nativeClass('IterableDataset', [objectClass]),
    Sampler: nativeClass('Sampler', [objectClass]),
  }),
  moduleOf('torch.hub', {
    load_state_dict_from_url: weightsFromFile,
    load: (interpreter) => interpreter.unknown('Models from torch.hub are not read.'),
  }),
  moduleOf('torch.fx', { wrap: pass }),
  moduleOf('torch.cuda', {
    is_available: no,
    device_count: () => integer(0),
    manual_seed: nothing,
    manual_seed_all: nothing,
    empty_cache: nothing,
    synchronize: nothing,
    set_device: nothing,
    current_device: () => integer(0),
  }),
  moduleOf('torch.cuda.amp', {
    autocast,
    custom_fwd: decorator,
    custom_bwd: decorator,
    GradScaler: () => opaque('a gradient scaler'),
  }),
  moduleOf('torch.amp', { autocast, custom_fwd: decorator, custom_bwd: decorator }),
  moduleOf('torch.autograd', { Variable: pass, Function: autogradFunctionClass }),
  moduleOf('torch.autograd.function', { Function: autogradFunctionClass, once_differentiable: pass }),
  moduleOf('torch.autograd.variable', { Variable: pass }),
  moduleOf('torch.autograd.profiler', { record_function: recordFunction, profile: recordFunction }),
  moduleOf('torch.profiler', { record_function: recordFunction, profile: recordFunction }),
  moduleOf('torch.optim', {}, ofLayers),
  moduleOf('torch.optim.lr_scheduler', {}, ofLayers),
  moduleOf('torch.backends', {}),
  moduleOf('torch.backends.cudnn', { is_available: no }),
  moduleOf('torch.backends.cuda', {}),
  moduleOf('torch.backends.mps', { is_available: no, is_built: no }),
  moduleOf('torch.distributed', {
    is_available: no,
    is_initialized: no,
    get_rank: () => integer(0),
    get_world_size: () => integer(1),
    barrier: nothing,
  }),
  moduleOf('torch.onnx', { is_in_onnx_export: no, export: nothing }),
  moduleOf('torch.compiler', { disable: decorator, is_compiling: no, allow_in_graph: pass }),
  moduleOf('torch._dynamo', { disable: decorator, is_compiling: no }),
  moduleOf('torch.overrides', {
    has_torch_function: no,
    has_torch_function_unary: no,
    has_torch_function_variadic: no,
  }),
  moduleOf('torch.quantization', quantization),
  moduleOf('torch.ao', {}),
  moduleOf('torch.ao.quantization', quantization),
  moduleOf('torch.nn.quantized', { FloatFunctional: floatFunctionalClass }),
  moduleOf('torch.ao.nn.quantized', { FloatFunctional: floatFunctionalClass }),
  moduleOf('torch.nn.modules.utils', {
    _single: pairs(1),
    _pair: pairs(2),
    _triple: pairs(3),
    _quadruple: pairs(4),
    _ntuple: (interpreter, [count = none]) =>
      count.kind === 'integer' && typeof count.value === 'number'
        ? native('parse', pairs(count.value))
        : interpreter.unknown('This number is not known.'),
    _reverse_repeat_tuple: (interpreter, [values = none, count = none]) =>
      count.kind === 'integer' && typeof count.value === 'number'
        ? tuple(
            [...interpreter.iterate(values)]
              .reverse()
              .flatMap((value) => Array<Value>(Number(count.value)).fill(value)),
          )
        : interpreter.unknown('This number is not known.'),
  }),
  moduleOf('torch.nn.common_types', {}, ofLayers),
  moduleOf('torch._jit_internal', { Optional: opaque('Optional'), List: opaque('List'), Tuple: opaque('Tuple') }),
  moduleOf('torch.types', {}, ofLayers),
  moduleOf('torch.version', {}),
  moduleOf('torch.random', { manual_seed: nothing }),
  moduleOf('torch.utils.tensorboard', {}, ofLayers),
  moduleOf('torch.utils.tensorboard.writer', {}, ofLayers),
];
