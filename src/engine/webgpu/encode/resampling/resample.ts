import type { Taps } from '../../../steps/axis-taps';
import type { KernelTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { splitIndex } from '../split-index';
import { floatWord } from '../../../steps/float-word';

/** One dimension: how many input places there are, and what each output place is made of. */
export interface ResampledAxis {
  readonly size: number;
  readonly taps: readonly Taps[];
}

export interface Resampling {
  readonly name: string;
  readonly from: KernelTensor;
  readonly to: KernelTensor;
  readonly planes: number;
  /** The dimensions after the planes, one to three. */
  readonly axes: readonly ResampledAxis[];
}

/** Reads of one output element that are cheaper than to write what lies between two passes. */
const manyTaps = 36;

/** All dimensions at once, or one after the other where each element is made of many. */
export function encodeResampling(program: ProgramBuilder, { name, from, to, planes, axes }: Resampling): void {
  const most = axes.map(({ taps }) => Math.max(1, ...taps.map(({ length }) => length)));
  if (most.filter((count) => count > 1).length < 2 || product(most) <= manyTaps) {
    encodePass(program, { name, from, to, planes, axes, inner: 1 });
    return;
  }
  let [source, outer] = [from, planes];
  axes.forEach((axis, dim) => {
    const inner = product(axes.slice(dim + 1).map(({ size }) => size));
    const isLast = dim === axes.length - 1;
    const target = isLast ? to : program.scratch(outer * axis.taps.length * inner);
    encodePass(program, { name, from: source, to: target, planes: outer, axes: [axis], inner });
    source = target;
    outer *= axis.taps.length;
  });
}

interface Pass extends Resampling {
  /** Elements of the dimensions behind, which stay as they are. */
  readonly inner: number;
}

function encodePass(program: ProgramBuilder, { name, from, to, planes, axes, inner }: Pass): void {
  const words: number[] = [];
  const sizes: Record<string, number> = { inner };
  axes.forEach(({ size, taps }, dim) => {
    let end = 0;
    const starts = [0, ...taps.map(({ length }) => (end += length))];
    sizes[`size${dim}`] = size;
    sizes[`out${dim}`] = taps.length;
    sizes[`starts${dim}`] = words.length;
    for (const start of starts) words.push(start);
    sizes[`taps${dim}`] = words.length;
    for (const [index, weight] of taps.flat()) words.push(index, floatWord(weight));
  });
  const loops = axes.map((_, dim) => {
    const [line, weight] = dim === 0 ? ['plane', '1.0'] : [`line${dim - 1}`, `weight${dim - 1}`];
    return `  for (var k${dim} = load_taps(p.starts${dim} + o${dim}); k${dim} < load_taps(p.starts${dim} + o${dim} + 1u); k${dim}++) {
    let at${dim} = p.taps${dim} + 2u * u32(k${dim});
    let line${dim} = ${line} * p.size${dim} + u32(load_taps(at${dim}));
    let weight${dim} = ${weight} * bitcast<f32>(load_taps(at${dim} + 1u));`;
  });
  const last = axes.length - 1;
  const names = ['plane', ...axes.map((_, dim) => `o${dim}`), 'within'];
  program.forEach({
    name,
    tensors: { x: from, y: to, taps: program.table(words) },
    sizes,
    size: planes * product(axes.map(({ taps }) => taps.length)) * inner,
    body: `${splitIndex('i', names, ['', ...axes.map((_, dim) => `p.out${dim}`), 'p.inner'])}
  var sum = 0.0;
${loops.join('\n')}
    sum += weight${last} * load_x(line${last} * p.inner + within);
  ${'}'.repeat(axes.length)}
  store_y(i, sum);`,
  });
}

function product(numbers: readonly number[]): number {
  return numbers.reduce((result, number) => result * number, 1);
}
