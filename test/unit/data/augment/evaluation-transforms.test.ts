import { expect, test } from 'vitest';
import { evaluationTransforms, networkSize } from '../../../../src/core/data/augment/evaluation-transforms';
import { formatPipeline } from '../../../../src/core/data/augment/format-pipeline';
import { parsePipeline } from '../../../../src/core/data/augment/parse-pipeline';

const size = { height: 40, width: 50, channels: 1 } as const;
const trained = (text: string) => ({ train: parsePipeline(text), evaluation: null });

test.each([
  ['RandomHorizontalFlip(), RandAugment()', '', [40, 50]],
  ['RandomCrop(None, padding=4)', '', [40, 50]],
  ['RandomCrop(28, padding=4), ColorJitter(0.2)', 'CenterCrop(28)', [28, 28]],
  ['RandomResizedCrop(24)', 'Resize(24), CenterCrop(24)', [24, 24]],
  ['RandomResizedCrop((24, 32))', 'Resize((24, 32))', [24, 32]],
  ['Resize(32), RandomCrop(28), ToTensor(), Normalize(0.5, 0.5)', 'Resize(32), CenterCrop(28)', [28, 28]],
  ['RandomRotation(9, expand=True), CenterCrop(30)', 'CenterCrop(30)', [30, 30]],
] as const)('%s: other images come to the same size', (text, expected, [height, width]) => {
  const config = trained(text);
  expect(formatPipeline(evaluationTransforms(config))).toBe(expected);
  expect(networkSize(config, size)).toEqual({ height, width, channels: 1 });
});

test.each([
  ['RandomRotation(9, expand=True)', 'The augmentation gives images of changing sizes.'],
  ['RandomCrop(41)', 'RandomCrop: size is (41, 41), the images are (40, 50).'],
  ['RandomCrop(16), RandomCrop(17)', 'RandomCrop: size is (17, 17), the images are (16, 16).'],
  ['Pad(2, fill=(1, 2, 3))', 'A fill of 3 numbers does not suit images of 1 channel.'],
  ['GaussianBlur(81)', 'GaussianBlur: kernel_size is (81, 81)'],
  ['Normalize((0.1, 0.2, 0.3), 0.5)', 'Normalize: 3 numbers for images of 1 channel.'],
])('%s does not suit the images: that shows before training begins', (text, message) => {
  expect(() => networkSize(trained(text), size)).toThrow(message);
});

test('evaluation may have transforms of its own, to the same size', () => {
  const train = parsePipeline('RandomResizedCrop(24)');
  expect(networkSize({ train, evaluation: parsePipeline('Resize((24, 24))') }, size)).toMatchObject({
    height: 24,
    width: 24,
  });
  expect(() => networkSize({ train, evaluation: parsePipeline('Resize(24)') }, size)).toThrow(
    'Training images come out as 24 × 24 pixels, those of validation as 24 × 30.',
  );
});
