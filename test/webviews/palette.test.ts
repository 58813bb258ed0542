import { describe, expect, test } from 'vitest';
import { freeSlot, slotColour, slotMarker } from '../../src/webviews/curves/palette';
import { contrast, leastDistance } from './colour-vision';
import { editorThemes } from './vscode-themes';

const slots = [0, 1, 2, 3, 4, 5, 6, 7];

describe.each(['dark', 'light', 'high-contrast-dark', 'high-contrast-light'] as const)(
  'colours of runs, %s',
  (theme) => {
    const colours = slots.map((slot) => slotColour(slot, theme));

    test('stand out from the background', () => {
      const background = editorThemes[theme].variables['editor-background'] ?? '';
      for (const colour of colours) expect(contrast(colour, background)).toBeGreaterThanOrEqual(4);
    });

    test('keep apart for colour-blind eyes', () => {
      // Five times what can just be told apart side by side.
      for (const [index, colour] of colours.entries()) {
        for (const other of colours.slice(index + 1)) expect(leastDistance(colour, other)).toBeGreaterThan(0.1);
      }
    });
  },
);

test('more runs than colours differ in their markers', () => {
  const looks = Array.from({ length: 24 }, (_, slot) => `${slotColour(slot, 'dark')} ${slotMarker(slot)}`);
  expect(new Set(looks).size).toBe(24);
});

test('the first slot that is free is given', () => {
  expect(freeSlot([])).toBe(0);
  expect(freeSlot([1, 0, 3])).toBe(2);
});
