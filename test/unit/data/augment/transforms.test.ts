import { expect, test } from 'vitest';
import { parsePipeline } from '../../../../src/core/data/augment/parse-pipeline';
import { pythonName } from '../../../../src/core/data/augment/parameter';
import { applySteps } from '../../../../src/core/data/augment/run-pipeline';
import { transformNamed, transformTable } from '../../../../src/core/data/augment/transform-table';
import {
  augmentationOps,
  type AugmentationOpName,
  magnitudesOf,
  randomOps,
} from '../../../../src/core/data/augment/transforms/augmentation-space';
import { autoAugmentPolicies } from '../../../../src/core/data/augment/transforms/auto-augment-policies';
import { transformFixtures, type TransformCase } from './transform-fixtures';

const { cases, spaces, policies, defaults } = transformFixtures;

/** torch solves for the matrix in float32, so that single pixels are taken elsewhere: mean differences of up to 2 of 255. */
const solvedInSinglePrecision = 'RandomPerspective';

const names = [...new Set(cases.map(({ transform }) => transform.slice(0, transform.indexOf('('))))];

test.each(names)('%s makes the bytes that torchvision makes of PIL images, with fixed parameters', (name) => {
  for (const each of cases.filter(({ transform }) => transform.startsWith(`${name}(`))) {
    const differences = differencesOf(each);
    const what = `${each.transform}, drawn ${JSON.stringify(each.drawn)}`;
    if (name === solvedInSinglePrecision) expect(mean(differences), what).toBeLessThanOrEqual(2);
    else expect(Math.max(...differences), what).toBe(0);
  }
});

test('every transform that changes pixels is held against torchvision, but for Cutout and those that choose among others', () => {
  const others = [
    'AutoAugment',
    'TrivialAugmentWide',
    'RandomApply',
    'RandomChoice',
    'ToTensor',
    'Normalize',
    'Cutout',
  ];
  expect([...names, ...others].sort()).toEqual(transformTable.map(({ name }) => name).sort());
});

test.each(spaces)('$transform has the operations and magnitudes of torchvision, with $bins bins', (space) => {
  const { transform, kind, bins, ops } = space;
  const [height, width] = space.size;
  expect(ops.map(([op]) => op)).toEqual(
    transform === 'AutoAugment' ? augmentationOps.filter((op) => op !== 'Identity') : randomOps,
  );
  for (const [op, magnitudes, signed] of ops) {
    const own = magnitudesOf(op as AugmentationOpName, kind, bins, { height, width });
    expect(own?.signed ?? false, op).toBe(signed);
    expect(own?.magnitudes.length, op).toBe(magnitudes?.length);
    // torch's linspace differs in the last place of float32 with the width of the processor's vectors.
    magnitudes?.forEach((magnitude, bin) => {
      const last = Math.abs(magnitude) * 2 ** -23;
      expect(Math.abs((own?.magnitudes[bin] ?? NaN) - magnitude), `${op} ${bin}`).toBeLessThanOrEqual(last);
    });
  }
});

test("AutoAugment's policies are torchvision's", () => {
  expect(autoAugmentPolicies).toEqual(policies);
});

test.each(Object.entries(defaults))('%s has the defaults of torchvision', (text, expected) => {
  const [config] = parsePipeline(text);
  const own = Object.entries(config ?? {}).map(([key, value]) => [pythonName(key), value as unknown]);
  expect(Object.fromEntries(own)).toMatchObject(expected);
});

test('Cutout blackens a square around its middle, cut at the edges', () => {
  const image = { width: 5, height: 4, channels: 1 as const, pixels: new Uint8Array(20).fill(9) };
  const cut = applySteps(image, parsePipeline('Cutout(2)'), [{ x: 0, y: 2 }]).at(-1);
  expect([...(cut?.pixels ?? [])]).toEqual([9, 9, 9, 9, 9, 0, 9, 9, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
});

test('after Normalize a piece is erased with the mean, before it with black', () => {
  const image = { width: 4, height: 4, channels: 1 as const, pixels: new Uint8Array(16).fill(200) };
  const box = { top: 1, left: 1, height: 1, width: 1 };
  const normalized = parsePipeline('ToTensor(), Normalize((0.4,), (0.25,)), RandomErasing(), Cutout(1)');
  expect(
    applySteps(image, normalized, [null, null, box, { x: 0, y: 0 }])
      .at(-1)
      ?.pixels.filter((byte) => byte !== 200),
  ).toEqual(Uint8Array.of(102, 102));
  const plain = parsePipeline('ToTensor(), RandomErasing(), Normalize((0.4,), (0.25,))');
  expect(applySteps(image, plain, [null, box, null]).at(-1)?.pixels[5]).toBe(0);
});

/** Of every byte. */
function differencesOf({ transform, drawn, from, to }: TransformCase): number[] {
  const [config] = parsePipeline(transform);
  if (!config) throw new Error(`${transform} is empty`);
  const result = transformNamed(config.name).apply(from, config, drawn, undefined);
  expect([result.height, result.width, result.channels], transform).toEqual([to.height, to.width, to.channels]);
  return Array.from(to.pixels, (byte, index) => Math.abs(byte - (result.pixels[index] ?? NaN)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
