import type { Arguments, ArgumentValue } from '../arguments';
import { OpError, OpUnsupported, type ModuleBlueprint, type PyTorchBindings } from '../op';
import { readDimList, readDims, readTruth } from '../read-sizes';
import type { Dim } from '../../graph/dim';
import type { Attributes } from '../../graph/graph';

const modes = ['nearest', 'nearest-exact', 'linear', 'bilinear', 'bicubic', 'trilinear', 'area'] as const;
export type InterpolationMode = (typeof modes)[number];

const blended = ['linear', 'bilinear', 'bicubic', 'trilinear'];

/** `nn.Upsample`, `F.interpolate` and their older names. */
export const interpolationBindings: PyTorchBindings = {
  modules: [
    {
      name: 'Upsample',
      signature: "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
      build(args) {
        const attrs = { ...readAttributes('Upsample', args, true), ...readRecomputation('Upsample', args) };
        return { op: 'interpolate', attrs, tensors: [] };
      },
    },
    {
      name: 'UpsamplingNearest2d',
      signature: 'size=None, scale_factor=None',
      build: (args) => fixedLayer('UpsamplingNearest2d', args, 'nearest'),
    },
    {
      name: 'UpsamplingBilinear2d',
      signature: 'size=None, scale_factor=None',
      build: (args) => fixedLayer('UpsamplingBilinear2d', args, 'bilinear'),
    },
  ],
  functions: [
    {
      names: ['torch.nn.functional.interpolate'],
      signature:
        "input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False",
      build(args) {
        const attrs = { ...readAttributes('interpolate', args), ...readRecomputation('interpolate', args) };
        const mode = args.string('mode');
        const antialias = readTruth('interpolate', args, 'antialias');
        if (antialias && mode !== 'bilinear' && mode !== 'bicubic') {
          throw new OpError(`interpolate: antialias is only for the modes 'bilinear' and 'bicubic', not '${mode}'.`);
        }
        return {
          op: 'interpolate',
          attrs: antialias ? { ...attrs, antialias } : attrs,
          inputs: [args.tensor('input').id],
        };
      },
    },
    {
      names: ['torch.nn.functional.upsample'],
      signature: "input, size=None, scale_factor=None, mode='nearest', align_corners=None",
      build: (args) => ({
        op: 'interpolate',
        attrs: readAttributes('upsample', args),
        inputs: [args.tensor('input').id],
      }),
    },
    ...(['nearest', 'bilinear'] as const).map((mode) => ({
      names: [`torch.nn.functional.upsample_${mode}`],
      signature: 'input, size=None, scale_factor=None',
      build: (args: Arguments) => ({
        op: 'interpolate',
        attrs: { ...readSizes(`upsample_${mode}`, args, false), mode, alignCorners: mode === 'bilinear' },
        inputs: [args.tensor('input').id],
      }),
    })),
  ],
};

/** The older layers align the corners where that says anything. */
function fixedLayer(title: string, args: Arguments, mode: 'nearest' | 'bilinear'): ModuleBlueprint {
  const attrs = { ...readSizes(title, args, true), mode, alignCorners: mode === 'bilinear' };
  return { op: 'interpolate', attrs, tensors: [] };
}

function readAttributes(title: string, args: Arguments, isLayer = false): Attributes {
  const mode = args.string('mode');
  if (!modes.some((known) => known === mode))
    throw new OpError(`${title}: mode must be one of ${modes.join(', ')}, got '${mode}'.`);
  const corners = args.value('align_corners');
  if (corners.kind !== 'none' && !blended.includes(mode)) {
    throw new OpError(`${title}: align_corners is only for the modes ${blended.join(', ')}, not for '${mode}'.`);
  }
  return { ...readSizes(title, args, isLayer), mode, alignCorners: readTruth(title, args, 'align_corners') };
}

/** The output sizes are the same with and without it; a size given leaves nothing to compute. */
function readRecomputation(title: string, args: Arguments): Attributes {
  if (!readTruth(title, args, 'recompute_scale_factor')) return {};
  if (!args.isNone('size')) throw new OpError(`${title}: recompute_scale_factor has no meaning with size.`);
  return { recomputeScale: true };
}

/** Either of size and scale_factor; a layer reads a scale of 0 as None. */
function readSizes(
  title: string,
  args: Arguments,
  isLayer: boolean,
): { size: Dim | readonly Dim[]; scale: number | readonly number[] } {
  const scale = readScale(title, args, isLayer);
  const hasSize = !args.isNone('size');
  if (hasSize && scale !== undefined) throw new OpError(`${title}: give size or scale_factor, not both.`);
  if (scale !== undefined) return { size: [], scale };
  if (!hasSize) throw new OpError(`${title} needs size or scale_factor.`);
  const isList = args.value('size').kind === 'sequence';
  const [size = 0] = isList ? [] : readDims(title, args, 'size', 1);
  const sizes = isList ? readDimList(title, args, 'size') : size;
  if (Array.isArray(sizes) && sizes.length === 0) {
    throw new OpError(`${title}: size must have a size for each spatial dimension, got ().`);
  }
  return { size: sizes, scale: [] };
}

function readScale(title: string, args: Arguments, isLayer: boolean): number | readonly number[] | undefined {
  const value = args.value('scale_factor');
  if (value.kind === 'none') return undefined;
  if (value.kind === 'sequence') return value.items.map((item) => toScale(title, item, isLayer));
  const scale = toScale(title, value, isLayer);
  return isLayer && scale === 0 ? undefined : scale;
}

/** A layer calls float(…), which reads text too. */
function toScale(title: string, value: ArgumentValue, isLayer: boolean): number {
  if (value.kind === 'float') return value.value;
  if (value.kind === 'boolean') return Number(value.value);
  if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
  if (isLayer && value.kind === 'string' && /^\d+(\.\d+)?$/.test(value.value)) return Number(value.value);
  if (value.kind === 'none' || value.kind === 'sequence' || value.kind === 'string') {
    throw new OpError(`${title}: scale_factor must be a number or a tuple of numbers.`);
  }
  throw new OpUnsupported(`${title}: the value of scale_factor is not known.`);
}
