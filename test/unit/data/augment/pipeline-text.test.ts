import { describe, expect, test } from 'vitest';
import { formatPipeline } from '../../../../src/core/data/augment/format-pipeline';
import { parsePipeline } from '../../../../src/core/data/augment/parse-pipeline';
import { parseTransforms } from '../../../../src/core/data/augment/parse-transform';
import { transformTable } from '../../../../src/core/data/augment/transform-table';
import { describeError } from '../../../../src/core/errors';

function failure(text: string): string {
  try {
    parsePipeline(text);
  } catch (error) {
    return describeError(error);
  }
  throw new Error(`${text} was read`);
}

describe('transforms as text', () => {
  test('are read as torchvision reads them', () => {
    expect(parsePipeline('RandomCrop(32, padding=4), RandomHorizontalFlip()')).toEqual([
      { name: 'RandomCrop', size: 32, padding: 4, padIfNeeded: false, fill: 0, paddingMode: 'constant' },
      { name: 'RandomHorizontalFlip', p: 0.5 },
    ]);
    expect(parsePipeline('RandomRotation((-10, 25.5), InterpolationMode.BILINEAR, True)')).toMatchObject([
      { degrees: [-10, 25.5], interpolation: 'bilinear', expand: true, center: null, fill: 0 },
    ]);
  });

  test('may stand in Compose, with prefixes, over lines, with comments, arithmetic and trailing commas', () => {
    const text = `
      train_transform = torchvision.transforms.Compose([
          T.RandomResizedCrop(size=[24, 24], ratio=(3. / 4, 4 / 3)),  # then mirrored
          transforms . RandomApply(torch.nn.ModuleList([T.GaussianBlur(3)]), p=1e-1),
          RandomErasing(value='random', scale=(0.02, 1 - 2**-1),),
      ])`;
    expect(parsePipeline(text)).toEqual([
      ...parsePipeline('RandomResizedCrop((24, 24))'),
      { name: 'RandomApply', transforms: parsePipeline('GaussianBlur(3)'), p: 0.1 },
      ...parsePipeline("RandomErasing(scale=(0.02, 0.5), value='random')"),
    ]);
    expect(parsePipeline('')).toEqual([]);
    expect(parsePipeline('[ToTensor()]')).toEqual([{ name: 'ToTensor' }]);
  });

  test.each([
    'RandomCrop(32, padding=4), RandomHorizontalFlip(), RandAugment(num_ops=3, magnitude=12)',
    "RandomCrop(None, padding=(1, 2, 3, 4), fill=(1, 2, 3), padding_mode='reflect')",
    'RandomResizedCrop((20, 28), scale=(0.5, 1), interpolation=InterpolationMode.BICUBIC, antialias=True)',
    'RandomAffine((-5, 30), translate=(0.1, 0.2), scale=(0.9, 1.1), shear=(-1, 1, -2, 2), fill=7, center=(3, 4.5))',
    'AutoAugment(policy=AutoAugmentPolicy.CIFAR10), RandomPosterize(4, p=0.2)',
    'RandomChoice([RandomInvert(), RandomApply([Pad(1), CenterCrop(8)], p=1)], p=(1, 3))',
    'ToTensor(), Normalize((0.4, 0.5, 0.6), (0.2, 0.2, 0.2)), RandomErasing(p=1), Cutout(8)',
    'Normalize((0.5,), 0.25)',
  ])('%s comes back as it was', (text) => {
    const transforms = parsePipeline(text);
    expect(parsePipeline(formatPipeline(transforms))).toEqual(transforms);
    expect(parseTransforms(JSON.parse(JSON.stringify(transforms)))).toEqual(transforms);
    if (!text.includes('(0.5,)')) expect(formatPipeline(transforms)).toBe(text);
  });

  test('come back from every transform with its defaults', () => {
    for (const { name, parameters } of transformTable) {
      const given = Object.values(parameters).filter((parameter) => parameter.default === undefined);
      const text = `${name}(${given.map(({ kind }) => (kind === 'transforms' ? '[RandomInvert()]' : '1')).join(', ')})`;
      expect(formatPipeline(parsePipeline(text)), text).toBe(text);
    }
  });

  test.each([
    [
      'RandomCrop(32, paddin=4)',
      'RandomCrop has no parameter paddin. It has size, padding, pad_if_needed, fill, padding_mode.',
    ],
    ['RandomCrop()', 'RandomCrop: size is missing. Give a whole number, (a, b) or None, each from 1 to 4096.'],
    ['RandomCrop(31.5)', 'RandomCrop: size is 31.5. Give a whole number, (a, b) or None, each from 1 to 4096.'],
    ['RandomHorizontalFlip(1.5)', 'RandomHorizontalFlip: p is 1.5. Give a number from 0 to 1.'],
    [
      "Pad(2, padding_mode='mirror')",
      "Pad: padding_mode is 'mirror'. Give 'constant', 'edge', 'reflect' or 'symmetric'.",
    ],
    [
      'Resize(8, interpolation=InterpolationMode.LANCZOS)',
      "Resize: interpolation is 'lanczos'. Give InterpolationMode.NEAREST, InterpolationMode.BILINEAR or InterpolationMode.BICUBIC.",
    ],
    ['GaussianBlur(4)', 'GaussianBlur: kernel_size is 4. Give an odd whole number or (a, b), each from 1 to 101.'],
    [
      'randomcrop(32)',
      "There is no transform randomcrop. Did you mean RandomCrop? Python's names are written exactly so.",
    ],
    [
      'RandAugment(magnitude=31)',
      'RandAugment: magnitude is 31, of 31 (num_magnitude_bins). Give a whole number from 0 to 30.',
    ],
    ['RandomErasing(scale=(0.5, 0.2))', 'RandomErasing: scale is (0.5, 0.2). Give (least, most), each from 0 to 1.'],
    ['RandomHorizontalFlip', 'RandomHorizontalFlip is no value. Write it as RandomHorizontalFlip().'],
    ['RandomHorizontalFlip() RandomVerticalFlip()', 'instead of a comma'],
    ['RandomCrop(size, 4)', 'size is no value. Write numbers and strings out: nothing is looked up.'],
    ['RandomCrop(32, size=32)', 'RandomCrop: size is given twice. Leave one out.'],
    ['RandomCrop(32', 'the text ends instead of a comma or )'],
    ['RandomCrop(32; 4)', "; does not belong there, after 'RandomCrop(32'."],
    ['RandomChoice([RandomInvert()], p=(1, 2))', 'RandomChoice: p has 2 weights for 1 transforms'],
    ['ToTensor(), RandomRotation(3)', 'RandomRotation stands after ToTensor. Put it before ToTensor.'],
    ['Normalize(0.5, 0.2), RandomCrop(8)', 'RandomCrop stands after Normalize. Put it before Normalize.'],
    [`RandomCrop(${'('.repeat(100_000)}`, 'nested too deeply'],
    [`RandomCrop(${'-'.repeat(100_000)}1)`, 'nested too deeply'],
  ])('what is refused is refused in words: %#', (text, message) => {
    expect(failure(text)).toContain(message);
  });
});
