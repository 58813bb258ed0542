import type { OpFamily } from '../encoder';

export const activationEncoders: OpFamily = {
  elements: {
    // A NaN stays one, as in PyTorch: max(NaN, 0) may be either in WGSL.
    relu: ({ input, keep }) => {
      const x = keep(input(0));
      return `select(${x}, 0.0, ${x} <= 0.0)`;
    },
    // Inputs: the output's gradient, the output.
    relu_grad: ({ input }) => `select(0.0, ${input(0)}, ${input(1)} > 0.0)`,
  },
  kernels: {},
};
