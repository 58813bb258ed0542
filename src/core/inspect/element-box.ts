import type { LocalField } from '../graph/receptive-field';
import type { Box } from './effective-field';

/** What element (y, x) sees, in pixels; where neighbours see differently much (after upsampling), the box that holds all of it. */
export function elementBox(
  { size, jump, start }: Pick<LocalField, 'size' | 'jump' | 'start'>,
  y: number,
  x: number,
): Box {
  const along = (axis: 0 | 1, place: number): readonly [number, number] => {
    const begin = (start[axis] ?? 0) + (jump[axis] ?? 0) * place;
    return [Math.floor(begin), Math.ceil(begin + (size[axis] ?? 0))];
  };
  const [[top, bottom], [left, right]] = [along(0, y), along(1, x)];
  return { top, left, bottom, right };
}
