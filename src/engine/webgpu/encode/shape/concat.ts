import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';

/** As many inputs at once as a shader may bind beside the output. */
export function encodeConcat(step: KernelStep, program: ProgramBuilder): void {
  const dim = numberAttribute(step.attrs, 'dim');
  // A vector without elements is skipped, whatever the others are.
  const inputs = step.inputs.filter((input) => sizeOf(input) > 0);
  const atOnce = program.limits.storageBuffers - 1;
  let start = 0;
  for (let from = 0; from < inputs.length; from += atOnce) {
    const some = inputs.slice(from, from + atOnce);
    encodeSome(step, program, dim, some, start);
    for (const input of some) start += aroundDim(input, dim)[1];
  }
}

/** Inputs that stand side by side in the result, from `start` of its dimension on. */
function encodeSome(
  step: KernelStep,
  program: ProgramBuilder,
  dim: number,
  inputs: readonly PlanTensor[],
  start: number,
): void {
  const [outer, total, inner] = aroundDim(step.output, dim);
  let end = 0;
  const ends = inputs.map((input) => (end += aroundDim(input, dim)[1] * inner));
  const choices = inputs.map((_, k) => {
    const [from, condition] = [k === 0 ? '0u' : `p.end${k - 1}`, `if (column < p.end${k}) `];
    const load = `{ value = load_x${k}(row * (p.end${k} - ${from}) + column - ${from}); }`;
    return k === inputs.length - 1 ? load : `${condition}${load}`;
  });
  program.forEach({
    name: step.op,
    tensors: {
      ...Object.fromEntries(inputs.map((input, k) => [`x${k}`, asWords(input)])),
      y: asWords(step.output),
    },
    sizes: {
      pitch: total * inner,
      first: start * inner,
      ...Object.fromEntries(ends.map((stop, k) => [`end${k}`, stop])),
    },
    size: outer * end,
    body: `  let row = i / p.end${inputs.length - 1};
  let column = i % p.end${inputs.length - 1};
  var value: i32;
  ${choices.join('\n  else ')}
  store_y(row * p.pitch + p.first + column, value);`,
  });
}
