import { elementCount } from '../../../../core/graph/dim';
import type { KernelStep, PlanTensor } from '../../../plan';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { findItems } from '../scatter/item-loop';
import { gridTaps, type GridTaps } from './grid-taps';

export function encodeGridSample(step: KernelStep, program: ProgramBuilder): void {
  const [x, grid, y] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const rank = rankOf(x);
  const taps = gridTaps(step, rank);
  program.forEach({
    name: step.op,
    tensors: { x, grid, y },
    sizes: imageSizes(x, grid),
    size: sizeOf(y),
    functions: taps.code,
    body: `  let plane = i / p.places;
  let place = plane / p.channels * p.places + i % p.places;
  var sum = 0.0;
${eachTap(rank, taps, '      sum += load_x(plane * p.size + pixel) * weight;')}
  store_y(i, sum);`,
  });
}

/**
 * The taps of all places are the items; each pixel goes through its own, in the order of the places. They are the same for
 * all channels.
 */
export function encodeGridSampleGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, grid, dx] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const rank = rankOf(dx);
  const taps = gridTaps(step, rank);
  const sizes = imageSizes(dx, grid);
  const [images] = planeShape(dx);
  const count = images * sizes.places * taps.all;
  const destinations = images * sizes.size;
  const keys = program.scratch(count, 'i32');
  const weights = program.scratch(count);
  program.forEach({
    name: `${step.op}, taps`,
    tensors: { grid, keys, weights },
    sizes: { ...sizes, destinations },
    size: images * sizes.places,
    functions: taps.code,
    body: `  let place = i;
  for (var k = 0u; k < ${taps.all}u; k++) { store_keys(i * ${taps.all}u + k, i32(p.destinations)); }
  var item = i * ${taps.all}u;
${eachTap(
  rank,
  taps,
  `      store_keys(item, i32(i / p.places * p.size + pixel));
      store_weights(item, weight);
      item++;`,
)}`,
  });
  const items = findItems(program, {
    keys,
    destinations,
    elements: sizeOf(dx),
    candidates: { count: sizes.places * taps.all, first: 'image * p.candidates', step: 1 },
  });
  program.forEach({
    name: step.op,
    tensors: { ...items.tensors, weights, dy, dx },
    sizes: { ...items.sizes, ...sizes },
    size: sizeOf(dx),
    body: `  let plane = i / p.size;
  let image = plane / p.channels;
  let pixel = image * p.size + i % p.size;
  var sum = 0.0;
${items.loop(
  'pixel',
  `    let place = item / ${taps.all}u % p.places;
    sum += load_dy(plane * p.places + place) * load_weights(item);`,
)}
  store_dx(i, sum);`,
  });
}

/** Each place's gradient is summed over its channels. */
export function encodeGridSampleGradGrid(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, grid, dgrid] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2), step.output];
  const rank = rankOf(x);
  const taps = gridTaps(step, rank);
  const sizes = imageSizes(x, grid);
  program.forEach({
    name: step.op,
    tensors: { dy, x, grid, dgrid },
    sizes,
    size: sizeOf(grid) / rank,
    functions: taps.code,
    body: `  let place = i;
  let image = i / p.places;
  var sum = vec3<f32>();
${eachTap(
  rank,
  taps,
  `      var product = 0.0;
      for (var plane = image * p.channels; plane < (image + 1u) * p.channels; plane++) {
        product += load_dy(plane * p.places + i % p.places) * load_x(plane * p.size + pixel);
      }
      sum += product * slopes;`,
)}
  for (var k = 0u; k < ${rank}u; k++) { store_dgrid(i * ${rank}u + k, sum[k]); }`,
  });
}

/**
 * Goes through the taps in the image of `place` (of all images): `body` reads `pixel: u32` (in its plane), `weight`, and
 * `slopes` along x, y and z.
 */
function eachTap(rank: number, { along }: GridTaps, body: string): string {
  const volume = rank === 3;
  const z = volume
    ? `  let tz = taps_along(load_grid(place * 3u + 2u), p.depth);
  for (var c = 0u; c < ${along}u; c++) { if (tz.index[c] < 0) { continue; }`
    : '  {';
  const row = volume ? 'u32(tz.index[c]) * p.height + u32(ty.index[b])' : 'u32(ty.index[b])';
  const [zWeight, zSlope] = volume ? [' * tz.weight[c]', 'tx.weight[a] * ty.weight[b] * tz.slope[c]'] : ['', '0.0'];
  return `  let tx = taps_along(load_grid(place * ${rank}u), p.width);
  let ty = taps_along(load_grid(place * ${rank}u + 1u), p.height);
${z}
  for (var b = 0u; b < ${along}u; b++) { if (ty.index[b] < 0) { continue; }
    for (var a = 0u; a < ${along}u; a++) { if (tx.index[a] < 0) { continue; }
      let pixel = (${row}) * p.width + u32(tx.index[a]);
      let weight = tx.weight[a] * ty.weight[b]${zWeight};
      let slopes = vec3<f32>(
        tx.slope[a] * ty.weight[b]${zWeight}, tx.weight[a] * ty.slope[b]${zWeight}, ${zSlope},
      );
${body}
    }
  }
  }`;
}

function rankOf(x: PlanTensor): number {
  return x.shape.length - 2;
}

function imageSizes(x: PlanTensor, grid: PlanTensor) {
  const [, channels, size] = planeShape(x);
  const spatial = x.shape.slice(2);
  const [depth = 1, height = 1, width = 1] = spatial.length === 3 ? spatial : [1, ...spatial];
  return { channels, size, depth, height, width, places: elementCount(grid.shape.slice(1, -1)) };
}
