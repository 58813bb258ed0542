import type { KernelStep, PlanTensor } from '../../../plan';
import { booleanAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';

/** theta·(x, y[, z], 1) of every place. */
export function encodeAffineGrid(step: KernelStep, program: ProgramBuilder): void {
  const [theta, grid] = [inputOf(step, 0), step.output];
  program.forEach({
    name: step.op,
    tensors: { theta, grid },
    ...parameters(step, grid),
    size: sizeOf(grid),
    functions: coordinatesOf,
    body: `  let row = (i / p.rank / p.places * p.rank + i % p.rank) * (p.rank + 1u);
  let at = coordinates(i / p.rank % p.places);
  var value = load_theta(row + p.rank);
  for (var k = 0u; k < p.rank; k++) { value += load_theta(row + k) * at[k]; }
  store_grid(i, value);`,
  });
}

const threads = 128;

/** dtheta = Σ dgrid·(x, y[, z], 1) over the places: a workgroup for each row of a matrix. */
export function encodeAffineGridGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dgrid, dtheta] = [inputOf(step, 0), step.output];
  const rank = dgrid.shape.length - 2;
  const { sizes, numbers } = parameters(step, dgrid);
  program.run({
    name: step.op,
    tensors: { dgrid, dtheta },
    sizes,
    numbers,
    code: `${coordinatesOf}
var<workgroup> sums: array<vec4<f32>, ${threads}>;
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let row = group.x + group.y * p.rank;
  var sum = vec4<f32>();
  for (var place = thread; place < p.places; place += ${threads}u) {
    sum += coordinates(place) * load_dgrid((group.y * p.places + place) * p.rank + group.x);
  }
  sums[thread] = sum;
  workgroupBarrier();
  for (var step = ${threads / 2}u; step > 0u; step >>= 1u) {
    if (thread < step) { sums[thread] += sums[thread + step]; }
    workgroupBarrier();
  }
  if (thread < p.rank) { store_dtheta(row * (p.rank + 1u) + thread, sums[0][thread]); }
  if (thread == p.rank) { store_dtheta(row * (p.rank + 1u) + thread, sums[0].w); }
}`,
    workgroups: [rank, dgrid.shape[0] ?? 1, 1],
  });
}

/** (x, y, z, 1) of a place. */
const coordinatesOf = `fn coordinates(place: u32) -> vec4<f32> {
  let x = p.first_x + p.step_x * f32(place % p.width);
  let y = p.first_y + p.step_y * f32(place / p.width % p.height);
  let z = p.first_z + p.step_z * f32(place / p.width / p.height);
  return vec4<f32>(x, y, z, 1.0);
}`;

function parameters({ attrs }: KernelStep, grid: PlanTensor) {
  const sizes = grid.shape.slice(1, -1);
  const rank = sizes.length;
  const [depth = 1, height = 1, width = 1] = rank === 3 ? sizes : [1, ...sizes];
  const aligned = booleanAttribute(attrs, 'alignCorners');
  const numbers = Object.entries({ x: width, y: height, z: depth }).flatMap(([name, size]) => {
    const [first, step] = line(size, aligned);
    return [
      [`first_${name}`, first],
      [`step_${name}`, step],
    ];
  });
  return {
    sizes: { rank, width, height, places: depth * height * width },
    numbers: Object.fromEntries(numbers) as Record<string, number>,
  };
}

/** First coordinate and step: −1 and 1 are the centres of the outer pixels, or their edges; a single pixel is at 0. */
function line(size: number, aligned: boolean): readonly [first: number, step: number] {
  if (size === 1) return [0, 0];
  return aligned ? [-1, 2 / (size - 1)] : [1 / size - 1, 2 / size];
}
