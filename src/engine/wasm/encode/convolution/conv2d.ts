import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { encodeBlockConv2d, encodeBlockGradInput, usesBlockProducts } from './block-products';
import { panelsOf } from '../blocking';
import { encodeConvGemm } from './conv-gemm';
import { encodeDepthwise, encodeDepthwiseGradInput } from './depthwise';
import { encodeDirectConv2d, encodeDirectGradInput, usesDirectConv2d, usesDirectGradInput } from './direct-conv';
import { inputOf } from '../../../steps/tensors';
import { encodeTwoByTwoConv2d, encodeTwoByTwoGradInput, usesTwoByTwo } from './two-by-two';
import { encodeWinogradConv2d, encodeWinogradGradInput, usesWinograd } from './winograd';
import { readConvolution, forwardTaps, isDepthwise, phasesOf } from '../../../steps/convolution';

export function encodeConv2d(step: KernelStep, program: ProgramBuilder): void {
  const [x, weight, bias] = [inputOf(step, 0), inputOf(step, 1), step.inputs[2]];
  const convolution = readConvolution(step, x, weight, step.output);
  if (isDepthwise(convolution)) {
    encodeDepthwise(program, convolution, x, weight, bias, step.output);
    return;
  }
  if (usesWinograd(convolution)) {
    encodeWinogradConv2d(program, convolution, x, weight, bias, step.output);
    return;
  }
  if (usesTwoByTwo(convolution)) {
    encodeTwoByTwoConv2d(program, convolution, x, weight, bias, step.output);
    return;
  }
  if (usesBlockProducts(convolution)) {
    encodeBlockConv2d(program, convolution, x, weight, bias, step.output);
    return;
  }
  if (usesDirectConv2d(convolution)) {
    encodeDirectConv2d(program, convolution, x, weight, bias, step.output);
    return;
  }
  const { groups, inputChannels, outputChannels, kernel, outputSize } = convolution;
  const depth = inputChannels * kernel[0] * kernel[1];
  const places = outputSize[0] * outputSize[1];
  const groupBytes = outputChannels * depth * 4;
  const packed = program.kept(groups * panelsOf(outputChannels).paddedRows * depth * 4, weight, (to) =>
    program.command('pack_rows', [program.address(weight), to, outputChannels, depth, depth * 4, groups, groupBytes]),
  );
  encodeConvGemm(
    program,
    {
      source: program.address(x),
      images: convolution.images,
      groups,
      channels: inputChannels,
      sourceHeight: convolution.inputSize[0],
      sourceWidth: convolution.inputSize[1],
      gridHeight: outputSize[0],
      gridWidth: outputSize[1],
      stride: convolution.stride,
      taps: forwardTaps(convolution),
    },
    packed,
    {
      address: program.address(step.output),
      bias: program.addressOrZero(bias),
      rows: outputChannels,
      imageStride: groups * outputChannels * places,
      channelStride: places,
      rowStride: outputSize[1],
      columnStride: 1,
    },
  );
  program.barrier();
}

/**
 * The transposed convolution. Input places whose row and column have the same remainders modulo the stride see the same
 * kernel elements, and are one convolution of dy with those, of stride 1; its results are `stride` apart.
 */
export function encodeConv2dGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, weight] = [inputOf(step, 0), inputOf(step, 1)];
  const convolution = readConvolution(step, step.output, weight, dy);
  if (isDepthwise(convolution)) {
    encodeDepthwiseGradInput(program, convolution, dy, weight, step.output);
    return;
  }
  if (usesWinograd(convolution)) {
    encodeWinogradGradInput(program, convolution, dy, weight, step.output);
    return;
  }
  if (usesTwoByTwo(convolution)) {
    encodeTwoByTwoGradInput(program, convolution, dy, weight, step.output);
    return;
  }
  if (usesBlockProducts(convolution)) {
    encodeBlockGradInput(program, convolution, dy, weight, step.output);
    return;
  }
  if (usesDirectGradInput(convolution)) {
    encodeDirectGradInput(program, convolution, dy, weight, step.output);
    return;
  }
  const { groups, inputChannels, outputChannels, kernel, inputSize, outputSize, stride } = convolution;
  const kernelSize = kernel[0] * kernel[1];
  const [height, width] = inputSize;
  const phases = phasesOf(convolution).map((phase) => {
    const bytes = groups * panelsOf(inputChannels).paddedRows * outputChannels * phase.taps.length * 4;
    return { ...phase, packed: program.scratch(bytes) };
  });
  for (const { taps, indices, packed } of phases) {
    if (taps.length === 0) continue;
    program.command(
      'pack_taps',
      [
        ...[program.address(weight), packed, groups, inputChannels, outputChannels, taps.length],
        ...[outputChannels * inputChannels * kernelSize, kernelSize, inputChannels * kernelSize],
        program.table(indices),
      ],
      { barrier: false },
    );
  }
  program.barrier();
  for (const { row, column, taps, packed } of phases) {
    encodeConvGemm(
      program,
      {
        source: program.address(dy),
        images: convolution.images,
        groups,
        channels: outputChannels,
        sourceHeight: outputSize[0],
        sourceWidth: outputSize[1],
        gridHeight: Math.ceil((height - row) / stride[0]),
        gridWidth: Math.ceil((width - column) / stride[1]),
        stride: [1, 1],
        taps,
      },
      packed,
      {
        address: program.address(step.output) + (row * width + column) * 4,
        bias: 0,
        rows: inputChannels,
        imageStride: groups * inputChannels * height * width,
        channelStride: height * width,
        rowStride: stride[0] * width,
        columnStride: stride[1],
      },
    );
  }
  program.barrier();
}
