import type { KernelStep, PlanTensor } from '../../../plan';
import { booleanAttribute, numbersAttribute } from '../../../steps/attributes';
import { inVolume, volumesOf, type Volumes } from '../../../steps/volumes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { splitIndex } from '../split-index';
import { axes, axisSizes } from './axes';
import { encodePlaneReduction } from './plane-reduction';

export function encodeAvgPool(step: KernelStep, program: ProgramBuilder): void {
  const [x, y] = [inputOf(step, 0), step.output];
  encodeForward(step, program, windowPool(step, x, y), x);
}

export function encodeAvgPoolGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, dx] = [inputOf(step, 0), step.output];
  encodeGradient(step, program, windowPool(step, dx, dy), dy);
}

export function encodeAdaptiveAvgPool(step: KernelStep, program: ProgramBuilder): void {
  const [x, y] = [inputOf(step, 0), step.output];
  encodeForward(step, program, adaptivePool(step, x, y), x);
}

export function encodeAdaptiveAvgPoolGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, dx] = [inputOf(step, 0), step.output];
  encodeGradient(step, program, adaptivePool(step, dx, dy), dy);
}

interface AveragePool {
  readonly x: Volumes;
  readonly y: Volumes;
  readonly sizes: Readonly<Record<string, number>>;
  /** 0: the product of the windows' sizes. */
  readonly divisor: number;
  /** WGSL functions `window_<axis>(o)`: first place, end, and the size that the divisor counts, of window `o`. */
  readonly windows: string;
  /** WGSL functions `holders_<axis>(x)`: first and end of the windows that hold place `x`. */
  readonly holders: string;
}

/** With countIncludePad a window's size counts the padding, but not what ceilMode adds beyond it (PyTorch, AvgPool2d). */
function windowPool({ attrs }: KernelStep, x: PlanTensor, y: PlanTensor): AveragePool {
  const rank = Array.isArray(attrs['kernel']) ? attrs['kernel'].length : 0;
  const [from, to] = [volumesOf(x, rank), volumesOf(y, rank)];
  const divisor = attrs['divisorOverride'];
  return {
    x: from,
    y: to,
    sizes: {
      counts_padding: Number(booleanAttribute(attrs, 'countIncludePad')),
      ...axisSizes({
        size: from.size,
        out: to.size,
        kernel: inVolume(numbersAttribute(attrs, 'kernel', rank), 1),
        stride: inVolume(numbersAttribute(attrs, 'stride', rank), 1),
        padding: inVolume(numbersAttribute(attrs, 'padding', rank), 0),
      }),
    },
    divisor: typeof divisor === 'number' ? divisor : 0,
    windows: eachAxis(
      (axis) => `fn window_${axis}(o: u32) -> vec3<u32> {
  let start = o * p.stride_${axis};
  let stop = min(start + p.kernel_${axis}, p.size_${axis} + 2u * p.padding_${axis});
  let first = max(start, p.padding_${axis}) - p.padding_${axis};
  let end = max(first, min(max(stop, p.padding_${axis}) - p.padding_${axis}, p.size_${axis}));
  return vec3<u32>(first, end, select(end - first, stop - start, p.counts_padding != 0u));
}`,
    ),
    holders: eachAxis(
      (axis) => `fn holders_${axis}(x: u32) -> vec2<u32> {
  let place = x + p.padding_${axis};
  let first = (max(place + 1u, p.kernel_${axis}) - p.kernel_${axis} + p.stride_${axis} - 1u) / p.stride_${axis};
  return vec2<u32>(first, min(place / p.stride_${axis} + 1u, p.out_${axis}));
}`,
    ),
  };
}

/** Bin i of n is ⌊i·size/n⌋ … ⌈(i + 1)·size/n⌉ (PyTorch, AdaptiveAvgPool2d). */
function adaptivePool({ attrs }: KernelStep, x: PlanTensor, y: PlanTensor): AveragePool {
  const rank = Array.isArray(attrs['outputSize']) ? attrs['outputSize'].length : 0;
  const [from, to] = [volumesOf(x, rank), volumesOf(y, rank)];
  return {
    x: from,
    y: to,
    sizes: axisSizes({ size: from.size, out: to.size }),
    divisor: 0,
    windows: bins,
    holders: eachAxis(
      (axis) => `fn holders_${axis}(x: u32) -> vec2<u32> {
  let end = ((x + 1u) * p.out_${axis} + p.size_${axis} - 1u) / p.size_${axis};
  return vec2<u32>(x * p.out_${axis} / p.size_${axis}, end);
}`,
    ),
  };
}

function eachAxis(text: (axis: string) => string): string {
  return axes.map(text).join('\n');
}

/** The bins of an adaptive pool of `size_<axis>` places to `out_<axis>`. */
export const bins = eachAxis(
  (axis) => `fn window_${axis}(o: u32) -> vec3<u32> {
  let first = o * p.size_${axis} / p.out_${axis};
  let end = ((o + 1u) * p.size_${axis} + p.out_${axis} - 1u) / p.out_${axis};
  return vec3<u32>(first, end, end - first);
}`,
);

function encodeForward(step: KernelStep, program: ProgramBuilder, pool: AveragePool, x: PlanTensor): void {
  const { sizes, windows, divisor } = pool;
  const whole = wholePlanes(step, pool);
  if (whole > 0) {
    const [depth, height, width] = pool.x.size;
    encodePlaneReduction(program, {
      name: step.op,
      tensors: { x, y: step.output },
      numbers: { divisor: whole },
      planes: pool.x.planes,
      size: depth * height * width,
      // The sum and what it has lost to rounding.
      type: 'vec2<f32>',
      nothing: 'vec2<f32>()',
      functions: exactSum,
      add: 'part = exact_sum(part, vec2<f32>(load_x(plane * p.plane_size + place), 0.0));',
      join: 'exact_sum(a, b)',
      // Nothing is known of what is lost in infinities.
      store: `let is_known = !is_nan(part.y) && !is_infinite(part.y);
    store_y(plane, (part.x + select(0.0, part.y, is_known)) / p.divisor);`,
    });
    return;
  }
  program.forEach({
    name: step.op,
    tensors: { x, y: step.output },
    sizes,
    numbers: { divisor },
    size: sizeOf(step.output),
    functions: windows,
    body: `${splitIndex('i', ['plane', 'z', 'y', 'x'], ['', 'p.out_d', 'p.out_h', 'p.out_w'])}
  let slices = window_d(z);
  let rows = window_h(y);
  let columns = window_w(x);
  var sum = 0.0;
  for (var a = slices.x; a < slices.y; a++) {
    for (var b = rows.x; b < rows.y; b++) {
      let line = ((plane * p.size_d + a) * p.size_h + b) * p.size_w;
      for (var c = columns.x; c < columns.y; c++) { sum += load_x(line + c); }
    }
  }
  store_y(i, sum / select(f32(slices.z * rows.z * columns.z), p.divisor, p.divisor != 0.0));`,
  });
}

function encodeGradient(step: KernelStep, program: ProgramBuilder, pool: AveragePool, dy: PlanTensor): void {
  const { sizes, windows, holders, divisor } = pool;
  const whole = wholePlanes(step, pool);
  const dx = step.output;
  if (whole > 0) {
    program.forEach({
      name: step.op,
      tensors: { dy, dx },
      sizes: { plane: sizeOf(dx) / Math.max(1, pool.x.planes) },
      numbers: { divisor: whole },
      size: sizeOf(dx),
      body: '  store_dx(i, load_dy(i / p.plane) / p.divisor);',
    });
    return;
  }
  program.forEach({
    name: step.op,
    tensors: { dy, dx },
    sizes,
    numbers: { divisor },
    size: sizeOf(dx),
    functions: `${windows}\n${holders}`,
    body: `${splitIndex('i', ['plane', 'z', 'y', 'x'], ['', 'p.size_d', 'p.size_h', 'p.size_w'])}
  let slices = holders_d(z);
  let rows = holders_h(y);
  let columns = holders_w(x);
  var sum = 0.0;
  for (var a = slices.x; a < slices.y; a++) {
    for (var b = rows.x; b < rows.y; b++) {
      let counted = window_d(a).z * window_h(b).z;
      let line = ((plane * p.out_d + a) * p.out_h + b) * p.out_w;
      for (var c = columns.x; c < columns.y; c++) {
        sum += load_dy(line + c) / select(f32(counted * window_w(c).z), p.divisor, p.divisor != 0.0);
      }
    }
  }
  store_dx(i, sum);`,
  });
}

/** Knuth's sum of two floats and its error (a driver that simplifies it away leaves the plain sum). */
const exactSum = `fn exact_sum(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
  let sum = a.x + b.x;
  let added = sum - a.x;
  return vec2<f32>(sum, (a.x - (sum - added)) + (b.x - added) + a.y + b.y);
}`;

/** The divisor where each plane is one window, else 0. */
function wholePlanes({ attrs }: KernelStep, { x, y, sizes, divisor }: AveragePool): number {
  if (y.size.some((count) => count !== 1)) return 0;
  const places = x.size.reduce((product, size) => product * size, 1);
  if (attrs['outputSize'] !== undefined) return places;
  const isWhole = axes.every(
    (axis, index) => sizes[`padding_${axis}`] === 0 && (sizes[`kernel_${axis}`] ?? 0) >= (x.size[index] ?? 1),
  );
  return isWhole ? divisor || places : 0;
}
