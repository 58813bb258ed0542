import type { PixelBox, ReceptiveFieldRow } from '../../protocol/inspection';

/** What an element of a map sees, in pixels of the input; null where it sees all of it. */
export function fieldOfElement({ field }: ReceptiveFieldRow, y: number, x: number): PixelBox | null {
  if (!field) return null;
  const top = field.start[0] + y * field.jump[0];
  const left = field.start[1] + x * field.jump[1];
  return { top, left, bottom: top + field.size[0], right: left + field.size[1] };
}
