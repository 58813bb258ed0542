import type { KernelStep, PlanTensor } from '../../../plan';
import { inputOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { encodeDepthwise, encodeDepthwiseGradInput, encodeDepthwiseGradWeight } from './depthwise';
import { encodeProduct } from '../gemm/encode-product';
import { matrixOperand, planesOperand, transposedPlanesOperand } from '../gemm/operand';
import { matrixTarget, planesTarget, type Target } from '../gemm/target';
import {
  depthOfPhase,
  elementWeightsOperand,
  elementWords,
  onePhase,
  severalPhases,
  transposedWindowsOperand,
  windowsOperand,
  type WindowElement,
  type WindowsSource,
} from '../gemm/windows-operand';
import { type Convolution, readConvolution, forwardTaps, isDepthwise, phasesOf } from '../../../steps/convolution';

/** y = weight · windows of x: output channels × (images and places), summed over what a window sees. */
export function encodeConv2d(step: KernelStep, program: ProgramBuilder): void {
  const [x, weight, bias] = [inputOf(step, 0), inputOf(step, 1), step.inputs[2]];
  const convolution = readConvolution(step, x, weight, step.output);
  if (isDepthwise(convolution)) {
    encodeDepthwise(program, convolution, x, weight, bias, step.output);
    return;
  }
  const { images, groups, inputChannels, outputChannels, outputSize, inputSize, kernel } = convolution;
  const places = outputSize[0] * outputSize[1];
  const depth = inputChannels * kernel[0] * kernel[1];
  const shared = {
    name: step.path ?? 'conv2d',
    rows: outputChannels,
    columns: images * places,
    depth,
    count: groups,
    a: weightRows(weight, outputChannels, depth),
    target: planesTarget(step.output, { groups, rows: outputChannels, places }, bias),
  };
  if (isPointwise(convolution)) {
    encodeProduct(program, {
      ...shared,
      kind: 'matrix',
      b: (name) =>
        planesOperand(name, {
          tensor: x,
          images,
          channels: groups * inputChannels,
          groupChannels: inputChannels,
          places,
        }),
    });
    return;
  }
  const elements = program.table(elementWords(forwardElements(convolution), inputSize));
  encodeProduct(program, {
    ...shared,
    kind: 'windows',
    b: (name) => windowsOperand(name, forwardWindows(convolution, x)),
    tensors: { elements },
    declarations: onePhase,
  });
}

/**
 * The transposed convolution. Input places whose row and column have the same remainders modulo the stride see the same
 * kernel elements (a phase), and are one convolution of dy with those, of stride 1; its results are `stride` apart.
 */
export function encodeConv2dGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, weight] = [inputOf(step, 0), inputOf(step, 1)];
  const convolution = readConvolution(step, step.output, weight, dy);
  if (isDepthwise(convolution)) {
    encodeDepthwiseGradInput(program, convolution, dy, weight, step.output);
    return;
  }
  const { images, groups, inputChannels, outputChannels, outputSize, inputSize, kernel, stride } = convolution;
  const kernelSize = kernel[0] * kernel[1];
  const name = `${step.path ?? 'conv2d'}, gradient of the input`;
  if (isPointwise(convolution)) {
    const places = inputSize[0] * inputSize[1];
    encodeProduct(program, {
      ...{ kind: 'matrix', name, rows: inputChannels, columns: images * places, depth: outputChannels, count: groups },
      a: (operand) =>
        matrixOperand(operand, {
          ...{ tensor: weight, span: inputChannels, depth: outputChannels, contiguous: 'span' },
          step: inputChannels * outputChannels,
        }),
      b: (operand) =>
        planesOperand(operand, {
          tensor: dy,
          images,
          channels: groups * outputChannels,
          groupChannels: outputChannels,
          places,
        }),
      target: planesTarget(step.output, { groups, rows: inputChannels, places }),
    });
    return;
  }
  const phases = phasesOf(convolution).map(({ row, column, taps, indices }) => {
    const elements = Array.from({ length: outputChannels }, (_, channel) =>
      taps.map((tap, index): WindowElement => ({
        channel,
        ...tap,
        weight: channel * inputChannels * kernelSize + (indices[index] ?? 0),
      })),
    ).flat();
    return { row, column, elements };
  });
  let first = 0;
  const heads = phases.flatMap(({ row, column, elements }) => {
    const head = [first, elements.length, row, column];
    first += elements.length;
    return head;
  });
  const grid = [Math.ceil(inputSize[0] / stride[0]), Math.ceil(inputSize[1] / stride[1])] as const;
  const windows: WindowsSource = {
    ...{ tensor: dy, images, groups, channels: outputChannels, size: outputSize, grid, stride: [1, 1] },
  };
  encodeProduct(program, {
    ...{
      kind: 'windows',
      name,
      rows: inputChannels,
      columns: images * grid[0] * grid[1],
      count: groups * phases.length,
    },
    depth: Math.max(...phases.map(({ elements }) => elements.length)),
    a: (operand) =>
      elementWeightsOperand(operand, {
        ...{ tensor: weight, rows: inputChannels, rowStep: kernelSize },
        groupStep: outputChannels * inputChannels * kernelSize,
      }),
    b: (operand) => windowsOperand(operand, windows),
    target: phasesTarget(step.output, convolution, grid, phases.length),
    tensors: {
      elements: program.table(
        elementWords(
          phases.flatMap(({ elements }) => elements),
          outputSize,
        ),
      ),
      phases: program.table(heads),
    },
    declarations: severalPhases,
    ownDepths: depthOfPhase,
  });
}

/** dweight = dy · windows of x, transposed: output channels × what a window sees, summed over images and places. */
export function encodeConv2dGradWeight(step: KernelStep, program: ProgramBuilder): void {
  const [x, dy] = [inputOf(step, 0), inputOf(step, 1)];
  const convolution = readConvolution(step, x, step.output, dy);
  if (isDepthwise(convolution)) {
    encodeDepthwiseGradWeight(program, convolution, x, dy, step.output);
    return;
  }
  const { images, groups, inputChannels, outputChannels, outputSize, inputSize, kernel } = convolution;
  const places = outputSize[0] * outputSize[1];
  const columns = inputChannels * kernel[0] * kernel[1];
  const shared = {
    ...{
      kind: 'weights' as const,
      name: `${step.path ?? 'conv2d'}, gradient of the weight`,
      rows: outputChannels,
      columns,
    },
    ...{ depth: images * places, count: groups },
    a: (name: 'a' | 'b') =>
      transposedPlanesOperand(name, {
        ...{ tensor: dy, images, channels: groups * outputChannels, groupChannels: outputChannels, places },
      }),
    target: matrixTarget(step.output, outputChannels, columns),
  };
  if (isPointwise(convolution)) {
    encodeProduct(program, {
      ...shared,
      b: (name) =>
        transposedPlanesOperand(name, {
          tensor: x,
          images,
          channels: groups * inputChannels,
          groupChannels: inputChannels,
          places,
        }),
    });
    return;
  }
  const elements = program.table(elementWords(forwardElements(convolution), inputSize));
  encodeProduct(program, {
    ...shared,
    b: (name) => transposedWindowsOperand(name, forwardWindows(convolution, x), columns),
    tensors: { elements },
  });
}

function weightRows(tensor: PlanTensor, span: number, depth: number) {
  return (name: 'a' | 'b') => matrixOperand(name, { tensor, span, depth, contiguous: 'depth', step: span * depth });
}

/** Whether every place sees itself alone: images are matrices then. */
function isPointwise({ kernel, stride, padding, inputSize, outputSize }: Convolution): boolean {
  const ones = [...kernel, ...stride].every((size) => size === 1);
  const same = inputSize.every((size, axis) => size === outputSize[axis]);
  return ones && same && padding.every((size) => size === 0);
}

function forwardWindows(convolution: Convolution, tensor: PlanTensor): WindowsSource {
  const { images, groups, inputChannels, inputSize, outputSize, stride } = convolution;
  return { tensor, images, groups, channels: inputChannels, size: inputSize, grid: outputSize, stride };
}

function forwardElements(convolution: Convolution): readonly WindowElement[] {
  const taps = forwardTaps(convolution);
  return Array.from({ length: convolution.inputChannels }, (_, channel) =>
    taps.map((tap, index): WindowElement => ({ channel, ...tap, weight: channel * taps.length + index })),
  ).flat();
}

/** Column (image, row and column of the grid) of a phase is every stride-th place of an image, from the phase's first one. */
function phasesTarget(
  tensor: PlanTensor,
  { groups, inputChannels, inputSize, stride }: Convolution,
  grid: readonly [number, number],
  phases: number,
): Target {
  const [height, width] = inputSize;
  return {
    tensor,
    sizes: {
      ...{ phases, row_step: height * width, result_step: inputChannels * height * width, groups },
      ...{ grid_height: grid[0], grid_width: grid[1], height, width, stride_y: stride[0], stride_x: stride[1] },
    },
    code: `fn target_place(z: u32, column: u32) -> u32 {
  let phase = phase_of(z);
  let row_of_all = column / p.grid_width;
  let image = row_of_all / p.grid_height;
  let y = (row_of_all - image * p.grid_height) * p.stride_y + u32(load_phases(4u * phase + 2u));
  let x = (column - row_of_all * p.grid_width) * p.stride_x + u32(load_phases(4u * phase + 3u));
  if (y >= p.height || x >= p.width) { return 0xffffffffu; }
  return (image * p.groups + group_of(z)) * p.result_step + y * p.width + x;
}`,
    fours: phases === 1 && width % 4 === 0,
    holes: phases > 1,
  };
}
