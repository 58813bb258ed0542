import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findModels } from '../../../src/core/python/find-models';

function find(text: string): Record<string, unknown>[] {
  return findModels(text, 'a.py').map(({ target, kind, line, requiredArguments, inputShape, usedByAnother }) => ({
    target,
    kind,
    line,
    ...(requiredArguments.length > 0 ? { requiredArguments } : {}),
    ...(inputShape ? { inputShape } : {}),
    ...(usedByAnother ? { usedByAnother } : {}),
  }));
}

test('classes, builders and variables are listed with their lines', () => {
  const found = find(`from torch import nn
import torch.nn

class Block(nn.Module):
    def __init__(self, width, *args, depth, act=None, **kwargs): ...

class Net(torch.nn.Module):
    def __init__(self, num_classes=10):
        self.block = Block(3, depth=1)

class Deeper(Net):
    pass

class NotAModel:
    def __init__(self, x): ...

def make(depth=3):
    model = Net(depth)
    return model

def make_either(flag):
    return make() if flag else nn.Sequential(nn.ReLU())

def helper(x):
    return x + 1

net = nn.Sequential(nn.Flatten())
`);
  expect(found).toEqual([
    { target: 'Block', kind: 'class', line: 4, requiredArguments: ['width', 'depth'], usedByAnother: true },
    { target: 'Net', kind: 'class', line: 7, usedByAnother: true },
    { target: 'Deeper', kind: 'class', line: 11 },
    { target: 'make', kind: 'function', line: 17, usedByAnother: true },
    { target: 'make_either', kind: 'function', line: 21, requiredArguments: ['flag'] },
    { target: 'net', kind: 'variable', line: 27 },
  ]);
});

test('networks of torchvision and timm in variables and builders count', () => {
  const found = find(`import timm
import torchvision.models as models
from torchvision import models as tv, transforms
from torchvision.models import resnet18, ResNet18_Weights

net = models.resnet50(weights=None)
net.fc = None
other = tv.vgg16().to(device)
tiny = timm.create_model('resnet18', num_classes=3)
transform = transforms.resize(3)
weights = ResNet18_Weights(1)

def make(classes=10):
    model = resnet18()
    model.fc = classes
    return model

class Lit(pl.LightningModule):
    def forward(self, x): return x
`);
  expect(found).toEqual([
    { target: 'net', kind: 'variable', line: 6 },
    { target: 'other', kind: 'variable', line: 8 },
    { target: 'tiny', kind: 'variable', line: 9 },
    { target: 'make', kind: 'function', line: 13 },
    { target: 'Lit', kind: 'class', line: 18 },
  ]);
});

test('a class with a forward counts where its base is of another file', () => {
  expect(find('class A(Base):\n    def forward(self, x): return x\nclass B(Base):\n    pass\n')).toEqual([
    { target: 'A', kind: 'class', line: 1 },
  ]);
});

describe('the input shape', () => {
  const net = 'class Net(nn.Module):\n    def __init__(self): ...\n';

  test.each([
    ['a comment in the class', 'class Net(nn.Module):\n    # input: (1, 28, 28)\n    x = 1\n', [1, 28, 28]],
    [
      'a comment above it',
      '# A network\n# input: 3, 32, 32\n@decorated\nclass Net(nn.Module):\n    x = 1\n',
      [3, 32, 32],
    ],
    ['a comment beside its name', 'class Net(nn.Module):  # input: 3x64x48\n    x = 1\n', [3, 64, 48]],
    [
      'a call with random numbers',
      `${net}model = Net().to(device)\nout = model(torch.randn(8, 3, 32, 24))\n`,
      [3, 32, 24],
    ],
    [
      'a call with a variable',
      `${net}def test():\n    x = torch.zeros((1, 1, 28, 28)).to(device)\n    y = Net()(x)\n    m = Net()\n    print(m(x).shape)\n`,
      [1, 28, 28],
    ],
    ['torchsummary', `${net}summary(Net(), (3, 16, 16))\n`, [3, 16, 16]],
    ['torchinfo', `${net}m = Net()\nif main:\n    torchinfo.summary(m, input_size=(64, 1, 9, 9))\n`, [1, 9, 9]],
    ['nothing', `${net}# inputs are images\nmodel = Net()\nmodel(images)\n`, undefined],
  ])('from %s', (_, text, expected) => {
    expect(findModels(text, 'a.py')[0]?.inputShape).toEqual(expected);
  });
});

test('broken code is listed as far as it can be read', () => {
  expect(
    find(
      'class Net(nn.Module):\n    def forward(self, x):\n        return self.conv(\n\nclass B(nn.Module):\n    pass\n',
    ).length,
  ).toBeGreaterThan(0);
  expect(find('')).toEqual([]);
  expect(find('\0)(*&^%$')).toEqual([]);
});

test('every model of the zoo says its input shape and can be built', () => {
  const zoo = path.resolve(import.meta.dirname, '../../../samples/models');
  for (const [file, names] of [
    ['lenet.py', ['LeNet']],
    ['small_resnet.py', ['SmallResNet']],
    ['resnet.py', ['resnet18', 'resnet34', 'resnet50']],
  ] as const) {
    const models = findModels(readFileSync(path.join(zoo, file), 'utf8'), file);
    const whole = models.filter((model) => model.requiredArguments.length === 0 && !model.usedByAnother);
    expect(whole.map(({ target }) => target)).toEqual(names);
    expect(whole.every(({ inputShape, takesClassCount }) => inputShape?.length === 3 && takesClassCount)).toBe(true);
  }
});
