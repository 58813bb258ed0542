/**
 * The directions in which vectors vary most, [axes, dimensions], orthonormal, the most first: eigenvectors of a sample's covariance,
 * by Jacobi's rotations (Jacobi 1846). `vectors`: [count, dimensions]; `members`: those that count.
 */
export function principalAxes(
  vectors: Float32Array,
  dimensions: number,
  members: Int32Array,
  axes: number,
): Float64Array {
  const matrix = covariance(vectors, dimensions, members);
  const directions = new Float64Array(dimensions * dimensions);
  let negligible = 0;
  for (let i = 0; i < dimensions; i++) negligible += (1e-7 * (matrix[i * dimensions + i] ?? 0)) / dimensions;
  for (let i = 0; i < dimensions; i++) directions[i * dimensions + i] = 1;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let turned = false;
    for (let p = 0; p < dimensions; p++) {
      for (let q = p + 1; q < dimensions; q++)
        turned = turn(matrix, directions, dimensions, p, q, negligible) || turned;
    }
    if (!turned) break;
  }
  const order = Array.from({ length: dimensions }, (_, i) => i).sort(
    (a, b) => (matrix[b * dimensions + b] ?? 0) - (matrix[a * dimensions + a] ?? 0),
  );
  const out = new Float64Array(axes * dimensions);
  order.slice(0, axes).forEach((from, to) => {
    out.set(directions.subarray(from * dimensions, (from + 1) * dimensions), to * dimensions);
  });
  return out;
}

/** [count, axes]: how far each member lies along each axis; zeros for others. */
export function alongAxes(
  vectors: Float32Array,
  dimensions: number,
  members: Int32Array,
  axes: Float64Array,
): Float32Array {
  const count = axes.length / dimensions;
  const out = new Float32Array((vectors.length / dimensions) * count);
  for (const member of members) {
    for (let axis = 0; axis < count; axis++) {
      let sum = 0;
      for (let i = 0; i < dimensions; i++) {
        sum += (axes[axis * dimensions + i] ?? 0) * (vectors[member * dimensions + i] ?? 0);
      }
      out[member * count + axis] = sum;
    }
  }
  return out;
}

/** More say nothing more about directions. */
const mostSampled = 2000;
const mostSweeps = 12;

function covariance(vectors: Float32Array, dimensions: number, members: Int32Array): Float64Array {
  const step = Math.max(1, members.length / mostSampled);
  const matrix = new Float64Array(dimensions * dimensions);
  const mean = new Float64Array(dimensions);
  const sample: Float64Array[] = [];
  for (let at = 0; at < members.length; at += step) {
    const member = members[Math.floor(at)] ?? 0;
    const vector = Float64Array.from(vectors.subarray(member * dimensions, (member + 1) * dimensions));
    sample.push(vector);
    for (let i = 0; i < dimensions; i++) mean[i] = (mean[i] ?? 0) + (vector[i] ?? 0);
  }
  for (const vector of sample) {
    for (let i = 0; i < dimensions; i++) vector[i] = (vector[i] ?? 0) - (mean[i] ?? 0) / sample.length;
    for (let i = 0; i < dimensions; i++) {
      const own = vector[i] ?? 0;
      for (let j = 0; j < dimensions; j++) {
        matrix[i * dimensions + j] = (matrix[i * dimensions + j] ?? 0) + own * (vector[j] ?? 0);
      }
    }
  }
  return matrix;
}

/** Turns two directions so that what they measure is uncorrelated; false: it is as good as that. */
function turn(
  matrix: Float64Array,
  directions: Float64Array,
  size: number,
  p: number,
  q: number,
  negligible: number,
): boolean {
  const mixed = matrix[p * size + q] ?? 0;
  const own = matrix[p * size + p] ?? 0;
  const other = matrix[q * size + q] ?? 0;
  if (Math.abs(mixed) <= negligible) return false;
  const cotangent = (other - own) / (2 * mixed);
  const tangent = Math.sign(cotangent || 1) / (Math.abs(cotangent) + Math.sqrt(cotangent * cotangent + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const rotate = (array: Float64Array, a: number, b: number): void => {
    const first = array[a] ?? 0;
    const second = array[b] ?? 0;
    array[a] = cosine * first - sine * second;
    array[b] = sine * first + cosine * second;
  };
  for (let i = 0; i < size; i++) rotate(matrix, i * size + p, i * size + q);
  for (let i = 0; i < size; i++) rotate(matrix, p * size + i, q * size + i);
  for (let i = 0; i < size; i++) rotate(directions, p * size + i, q * size + i);
  return true;
}
