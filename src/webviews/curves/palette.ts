import type { ThemeKind } from '../shared/theme';

/**
 * Colours of runs, by slot. Each stands out by 4:1 or more from the editor's default backgrounds of its theme (WCAG 2.2 asks
 * 3:1 of graphics) and keeps apart from the others for protanopes and deuteranopes too; a test computes both.
 * The first two of each list are after Okabe & Ito, "Color Universal Design" (2008).
 */
const onDark = ['#56b4e9', '#e69f00', '#55ddbb', '#6f7fff', '#f0e442', '#bb7733', '#009999', '#ffffff'] as const;
const onLight = ['#0072b2', '#c44e00', '#338877', '#3a0ca3', '#222222', '#7a3e00', '#0f62fe', '#003f5c'] as const;

export type Marker = 'circle' | 'square' | 'diamond';

const markers: readonly Marker[] = ['circle', 'square', 'diamond'];

/** Runs are told apart by colour, and beyond eight by the shape of their markers too. */
export function slotColour(slot: number, theme: ThemeKind): string {
  const colours = theme === 'dark' || theme === 'high-contrast-dark' ? onDark : onLight;
  return colours[slot % colours.length] ?? colours[0];
}

export function slotMarker(slot: number): Marker {
  return markers[Math.floor(slot / onDark.length) % markers.length] ?? 'circle';
}

/** The lowest slot that none of `taken` has. */
export function freeSlot(taken: readonly number[]): number {
  let slot = 0;
  while (taken.includes(slot)) slot++;
  return slot;
}
