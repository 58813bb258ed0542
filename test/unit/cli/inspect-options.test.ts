import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addInspectOptions, viewFrom, type InspectOptions } from '../../../src/cli/inspect/inspect-options';
import { checkOutput } from '../../../src/cli/inspect/write-output';

function parse(...args: readonly string[]): InspectOptions {
  const command = addInspectOptions(new Command(), () => [1, 8, 8])
    .option('--json')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' }).opts<InspectOptions>();
}

function view(...args: readonly string[]) {
  const options = parse(...args);
  const chosen = viewFrom(options);
  checkOutput(chosen, options);
  return chosen;
}

describe('the options of inspect', () => {
  test('choose what is shown', () => {
    expect(view()).toEqual({ kind: 'layers' });
    expect(view('--filters', 'conv1', '--out', 'a.png')).toEqual({ kind: 'filters', layer: 'conv1' });
    expect(view('--feature-maps', '--image', 'a.png')).toEqual({ kind: 'feature-maps', layer: null });
    expect(view('--receptive-field', 'a')).toEqual({ kind: 'receptive-field', layer: 'a' });
    expect(view('--receptive-field', 'a', '--effective')).toEqual({ kind: 'effective-field', layer: 'a' });
    const unit = { layer: 'layer1.0.relu#2', unit: '7' };
    expect(view('--top-images', 'layer1.0.relu#2:7')).toEqual({ kind: 'top-images', unit });
  });

  test('name a checkpoint in the ways that people write it', () => {
    const checkpoint = (text: string) => parse('--checkpoint', text).checkpoint;
    expect(['best', 'last', '0', 'epoch 12', 'epoch-3'].map(checkpoint)).toEqual(['best', 'last', 0, 12, 3]);
    expect(() => checkpoint('newest')).toThrow();
  });

  test.each([
    [['--maximize', 'fc3:1'], '--out is missing.'],
    [['--maximize', 'fc3', '--out', 'a.png'], "--maximize 'fc3' names no unit."],
    [['--filters', 'conv1', '--occlusion'], '--filters and --occlusion exclude each other.'],
    [['--filters', 'conv1', '--per-map'], '--per-map has no effect with --filters.'],
    [['--image', 'a.png'], '--image has no effect alone.'],
    [['--grad-cam'], '--image is missing.'],
    [['--receptive-field', '--effective'], '--effective needs a layer.'],
    [['--effective'], '--effective belongs to --receptive-field'],
    [['--feature-maps', '--image', 'a.png', '--out', 'x.npy'], 'A .npy file holds one layer.'],
    [['--top-images', 'fc3:1', '--out', 'x.npy'], '--out writes .png, not'],
    [['--filters', 'conv1', '--out', 'x.gif'], '--out writes .png or .npy, not'],
    [['--receptive-field', '--out', 'x.png'], '--out has no effect with --receptive-field.'],
  ])('that are missing, ignored or contradictory are refused: %j', (args, message) => {
    expect(() => view(...args)).toThrow(message);
  });
});
