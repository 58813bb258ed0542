import type { AffineMatrix } from './transform-image';

/** What torchvision's `affine` is told, in pixels and degrees (clockwise). */
export interface AffineParameters {
  readonly angle: number;
  readonly translate: readonly [x: number, y: number];
  readonly scale: number;
  readonly shear: readonly [x: number, y: number];
}

/**
 * From places of the result to places of the source: the inverse of translation · centre · rotation · scale · shear · −centre.
 * Source: torchvision 0.14, `functional.affine` for PIL images.
 */
export function inverseAffineMatrix(
  { angle, translate: [moveX, moveY], scale, shear: [shearX, shearY] }: AffineParameters,
  [centerX, centerY]: readonly [number, number],
): AffineMatrix {
  const rotation = radians(angle);
  const sx = radians(shearX);
  const sy = radians(shearY);
  const a = Math.cos(rotation - sy) / Math.cos(sy);
  const b = (-Math.cos(rotation - sy) * Math.tan(sx)) / Math.cos(sy) - Math.sin(rotation);
  const c = Math.sin(rotation - sy) / Math.cos(sy);
  const d = (-Math.sin(rotation - sy) * Math.tan(sx)) / Math.cos(sy) + Math.cos(rotation);
  return around([d / scale, -b / scale, -c / scale, a / scale], [centerX, centerY], [centerX + moveX, centerY + moveY]);
}

/**
 * Counter-clockwise, as Pillow's `rotate`: cosine and sine are rounded to 15 places, so that right angles are exact.
 * `grown`: how much larger the result is than the image, around the same middle.
 */
export function rotationMatrix(
  angle: number,
  center: readonly [number, number],
  grown: readonly [number, number] = [0, 0],
): AffineMatrix {
  const turn = -radians(((angle % 360) + 360) % 360);
  const cos = rounded(Math.cos(turn));
  const sin = rounded(Math.sin(turn));
  const [a, b, c, d, e, f] = around([cos, sin, -sin, cos], center, center);
  const [halfX, halfY] = [-grown[0] / 2, -grown[1] / 2];
  return [a, b, a * halfX + b * halfY + c, d, e, d * halfX + e * halfY + f];
}

/** The linear map [a, b; d, e] that takes `from` to `to`. */
function around(
  [a, b, d, e]: readonly [number, number, number, number],
  to: readonly [number, number],
  from: readonly [number, number],
): AffineMatrix {
  return [a, b, a * -from[0] + b * -from[1] + to[0], d, e, d * -from[0] + e * -from[1] + to[1]];
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function rounded(value: number): number {
  return Number(value.toFixed(15));
}
