import type { KernelStep } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf } from '../../../steps/tensors';
import { reducedLayout } from '../../../steps/reduced-layout';

/** Which reduction of the kernel `reduce_lines`. */
export function encodeLines(code: 0 | 1 | 2 | 3): (step: KernelStep, program: ProgramBuilder) => void {
  return (step, program) => {
    const x = inputOf(step, 0);
    program.command('reduce_lines', [
      code,
      program.address(x),
      program.address(step.output),
      ...reducedLayout(step, x),
    ]);
  };
}

/** Products, of floats or of whole numbers. */
export function encodeProd(step: KernelStep, program: ProgramBuilder): void {
  encodeLines(inputOf(step, 0).dtype === 'f32' ? 2 : 1)(step, program);
}

export function encodeProdGrad(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [...step.inputs, step.output].map((tensor) => program.address(tensor));
  program.command('product_grad', [...addresses, ...reducedLayout(step, inputOf(step, 1))]);
}

/** Which running result of the kernel `scan`: of floats, and of whole numbers. */
const scans: Readonly<Record<string, readonly [floats: number, words: number]>> = {
  cumsum: [0, 1],
  cumprod: [2, 3],
  logcumsumexp: [4, 4],
  argcummax: [5, 7],
  argcummin: [6, 8],
};

export function encodeScan(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const [ofFloats, ofWords] = scans[step.op] ?? [0, 0];
  const addresses = [program.address(x), program.address(step.output)];
  const layout = aroundDim(x, numberAttribute(step.attrs, 'dim'));
  const reverse = step.attrs['reverse'] === true ? 1 : 0;
  program.command('scan', [x.dtype === 'f32' ? ofFloats : ofWords, ...addresses, ...layout, reverse]);
}

/** Gradients of running products and of running log Σ e^x. */
export function encodeScanGrad(step: KernelStep, program: ProgramBuilder): void {
  const addresses = [...step.inputs, step.output].map((tensor) => program.address(tensor));
  program.command(step.op, [...addresses, ...aroundDim(step.output, numberAttribute(step.attrs, 'dim'))]);
}

/** What of the order of a line is wanted, as the kernel `order` has it. */
const FIRST = 0;
const MEDIAN = 1;
const MODE = 2;

/** Places along one dimension: of all values in order, or of the first k. */
export function encodeOrder(step: KernelStep, program: ProgramBuilder): void {
  const { attrs, op } = step;
  const layout = aroundDim(inputOf(step, 0), numberAttribute(attrs, 'dim'));
  const descending = op === 'argtopk' ? attrs['largest'] !== false : attrs['descending'] === true;
  const count = op === 'argtopk' ? numberAttribute(attrs, 'k') : layout[1];
  addOrder(step, program, layout, descending, [FIRST, 0, count]);
}

/** The place of the median, of the most frequent value, of the k-th smallest. */
export function encodeRank(step: KernelStep, program: ProgramBuilder): void {
  const layout = reducedLayout(step, inputOf(step, 0));
  if (step.op === 'argmedian') addOrder(step, program, layout, false, [MEDIAN, 0, 1]);
  else if (step.op === 'argmode') addOrder(step, program, layout, false, [MODE, 0, 1]);
  else addOrder(step, program, layout, false, [FIRST, numberAttribute(step.attrs, 'k') - 1, 1]);
}

function addOrder(
  step: KernelStep,
  program: ProgramBuilder,
  layout: readonly [number, number, number],
  descending: boolean,
  wanted: readonly [kind: number, skipped: number, count: number],
): void {
  const x = inputOf(step, 0);
  const partBytes = align(3 * 4 * layout[1]);
  const scratch = program.partScratch(partBytes);
  const flags = [x.dtype === 'f32' ? 0 : 1, descending ? 1 : 0];
  const addresses = [program.address(x), program.address(step.output)];
  program.command('order', [...addresses, ...layout, ...flags, ...wanted, ...scratch]);
}
