import { numberAttribute } from '../../../steps/attributes';
import { sizeOf } from '../../../steps/tensors';
import type { OpFamily } from '../encoder';

/** Multiply-adds in registers, in 8 chains of four: 64 floating-point operations an iteration, one thread an element. */
export const benchmarkEncoders: OpFamily = {
  elements: {},
  kernels: {
    fma_peak: (step, program) => {
      const chains = Array.from({ length: 8 }, (_, chain) => chain);
      program.forEach({
        name: 'fma_peak',
        tensors: { y: step.output },
        sizes: { iterations: numberAttribute(step.attrs, 'iterations') },
        // What the compiler does not know, so that nothing is computed beforehand.
        numbers: { factor: 0.999, term: 0.001 },
        size: sizeOf(step.output),
        body: `  let factor = vec4(p.factor);
  let term = vec4(p.term);
${chains.map((chain) => `  var x${chain} = vec4(f32(i + ${chain}u));`).join('\n')}
  for (var k = 0u; k < p.iterations; k++) {
${chains.map((chain) => `    x${chain} = fma(x${chain}, factor, term);`).join('\n')}
  }
  let sum = ${chains.map((chain) => `x${chain}`).join(' + ')};
  store_y(i, sum.x + sum.y + sum.z + sum.w);`,
      });
    },
  },
};
