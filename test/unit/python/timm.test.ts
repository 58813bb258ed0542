import { expect, test } from 'vitest';
import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import type { ModelAnalysis } from '../../../src/core/analysis/model-analysis';

function analyze(text: string): ModelAnalysis {
  return analyzeModel({
    file: '/project/model.py',
    text: `import timm\nimport torch.nn as nn\n${text}`,
    target: 'model',
    inputs: { '*': { shape: [2, 3, 64, 64], origin: { kind: 'setting' } } },
  });
}

// The totals are those of torchvision's networks of the same names, which have the same layers.
test.each([
  ['resnet18', 11_689_512],
  ['resnet34', 21_797_672],
  ['resnet50', 25_557_032],
  ['resnext50_32x4d', 25_028_904],
  ['wide_resnet50_2', 68_883_240],
])("timm's %s has its parameters under timm's names", (name, parameters) => {
  const analysis = analyze(`model = timm.create_model('${name}', pretrained=True)\n`);
  expect(analysis.unknowns).toEqual([]);
  expect(analysis.totals.parameters).toBe(parameters);
  expect(analysis.output).toMatchObject({ kind: 'tensor', shape: [2, 1000] });
  const names = new Set(analysis.state.map((entry) => entry.name));
  for (const known of [
    'conv1.weight',
    'bn1.running_var',
    'layer1.0.bn2.weight',
    'layer4.0.downsample.0.weight',
    'fc.bias',
  ]) {
    expect(names).toContain(known);
  }
});

test('features without a head, and a head of other sizes', () => {
  const features = analyze("model = timm.create_model('resnet18.a1_in1k', num_classes=0, global_pool='')\n");
  expect(features.output).toMatchObject({ kind: 'tensor', shape: [2, 512, 2, 2] });
  const other = analyze(
    "model = timm.create_model('resnet18')\nmodel.reset_classifier(7)\nmodel.conv1 = nn.Conv2d(3, 64, 3)\n",
  );
  expect(other.output).toMatchObject({ kind: 'tensor', shape: [2, 7] });
});

test('other networks and options are unknown, not guessed', () => {
  expect(analyze("model = timm.create_model('vit_base_patch16_224')\n").unknowns.map(({ reason }) => reason)).toEqual([
    "timm's vit_base_patch16_224 is not supported yet.",
  ]);
  const pyramid = analyze("model = timm.create_model('resnet18', features_only=True)\n");
  expect(pyramid.unknowns.map(({ reason }) => reason)).toEqual([
    'timm.create_model with features_only is not supported yet.',
  ]);
});
