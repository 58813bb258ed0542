import type { Operand, OperandName } from './operand';
import { threadsOf, type Tile } from './tile';

export interface ProductCode {
  readonly tile: Tile;
  readonly a: Operand;
  readonly b: Operand;
  /** Of the target (or of partial sums): see `Target`. */
  readonly target: string;
  /** Four columns are stored at once. */
  readonly fours: boolean;
  readonly holes: boolean;
  readonly bias: boolean;
  /** WGSL expression (u32) of how much product `z` sums over; undefined: the parameter `depth`. */
  readonly ownDepth: string | undefined;
  readonly declarations?: string;
}

/**
 * A product C = A·B, a workgroup a tile: parts of A and B go through workgroup memory, each thread sums some rows and columns
 * in registers. While one part is multiplied the next one is already on its way from memory. Parameters: rows, columns, depth,
 * row_tiles, column_tiles, splits (into how many sums the depth is cut), split_depth, split_step, count (of workgroups).
 */
export function productCode(product: ProductCode): string {
  return product.tile.direct ? directCode(product) : tiledCode(product);
}

/** Each thread reads what it multiplies. */
function directCode(product: ProductCode): string {
  const { tile, a, b, target, declarations = '' } = product;
  const columnThreads = tile.columns / tile.threadColumns;
  const rowThreads = tile.rows / tile.threadRows;
  return `${declarations}
${a.code}
${b.code}
${target}
${entryPoint(product)}
  let thread_column = t % ${columnThreads}u;
  let thread_row = t / ${columnThreads}u;
  // Narrow results leave most of a tile empty, and here every thread computes at the others' cost.
  if (first_row + 4u * thread_row >= p.rows || first_column + 4u * thread_column >= p.columns) { return; }
  let a_place = place_a(z, first_row + 4u * thread_row);
  let b_place = place_b(z, first_column + 4u * thread_column);
${lines(range(4).map((r) => `var sum0${r}0 = vec4<f32>();`))}
  for (; k < end; k++) {
    let a0 = fetch_a(a_place, k, end);
    let b0 = fetch_b(b_place, k, end);
${lines(
  range(4).map((r) => `sum0${r}0 += a0.${lanes[r]} * b0;`),
  4,
)}
  }
${lines(storing(product, [0], [0], rowThreads, columnThreads))}
}`;
}

/** Which tile of which product a workgroup computes, and which part of the depth it sums. */
function entryPoint({ tile, ownDepth }: ProductCode): string {
  // Threads that wait for each other must be seen to sum over the same depth.
  const isShared = ownDepth !== undefined && tile.direct !== true;
  const depth = isShared
    ? `if (t == 0u) { own_depth = ${ownDepth}; }
  let depth = workgroupUniformLoad(&own_depth);`
    : `let depth = ${ownDepth ?? 'p.depth'};`;
  return `${isShared ? 'var<workgroup> own_depth: u32;\n' : ''}@compute @workgroup_size(${threadsOf(tile)})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let number = group.x + group.y * groups.x;
  if (number >= p.count) { return; }
  let first_row = (number % p.row_tiles) * ${tile.rows}u;
  let tile_number = number / p.row_tiles;
  let first_column = (tile_number % p.column_tiles) * ${tile.columns}u;
  let product = tile_number / p.column_tiles;
  let z = product / p.splits;
  let split = product % p.splits;
  ${depth}
  var k = split * p.split_depth;
  let end = min(depth, k + p.split_depth);`;
}

function tiledCode(product: ProductCode): string {
  const { tile, a, b, target, declarations = '' } = product;
  const threads = threadsOf(tile);
  const columnThreads = tile.columns / tile.threadColumns;
  const rowThreads = tile.rows / tile.threadRows;
  const rowQuads = range(tile.threadRows / 4);
  const columnQuads = range(tile.threadColumns / 4);
  const [loadA, loadB] = [loading('a', a, tile.rows, tile, threads), loading('b', b, tile.columns, tile, threads)];
  const sums = rowQuads.flatMap((i) => range(4).flatMap((r) => columnQuads.map((j) => `sum${i}${r}${j}`)));
  const multiply = rowQuads.flatMap((i) =>
    range(4).flatMap((r) => columnQuads.map((j) => `sum${i}${r}${j} += a${i}.${lanes[r]} * b${j};`)),
  );
  return `${declarations}
${a.code}
${b.code}
${target}
var<workgroup> tile_a: array<vec4<f32>, ${tile.depth * loadA.pitch}>;
var<workgroup> tile_b: array<vec4<f32>, ${tile.depth * loadB.pitch}>;
${entryPoint(product)}
${lines([...loadA.setup('first_row'), ...loadB.setup('first_column')])}
${lines([...loadA.fetch, ...loadB.fetch])}
  let thread_column = t % ${columnThreads}u;
  let thread_row = t / ${columnThreads}u;
${lines(sums.map((name) => `var ${name} = vec4<f32>();`))}
  loop {
${lines([...loadA.store, ...loadB.store], 4)}
    workgroupBarrier();
    k += ${tile.depth}u;
    if (k < end) {
${lines([...loadA.fetch, ...loadB.fetch], 6)}
    }
    for (var i = 0u; i < ${tile.depth}u; i++) {
${lines(
  [
    ...rowQuads.map((i) => `let a${i} = tile_a[i * ${loadA.pitch}u + thread_row + ${i * rowThreads}u];`),
    ...columnQuads.map((j) => `let b${j} = tile_b[i * ${loadB.pitch}u + thread_column + ${j * columnThreads}u];`),
    ...multiply,
  ],
  6,
)}
    }
    if (k >= end) { break; }
    workgroupBarrier();
  }
${lines(storing(product, rowQuads, columnQuads, rowThreads, columnThreads))}
}`;
}

const lanes = ['x', 'y', 'z', 'w'] as const;

interface Loading {
  /** Of tile memory, from one depth to the next, in fours. */
  readonly pitch: number;
  readonly setup: (first: string) => readonly string[];
  readonly fetch: readonly string[];
  readonly store: readonly string[];
}

/** How the threads share out the loading of a part of one operand: each takes four neighbours of the span at a time. */
function loading(name: OperandName, operand: Operand, span: number, { depth }: Tile, threads: number): Loading {
  const fours = span / 4;
  const along = operand.along === 'depth';
  // Threads that are neighbours along the depth would all write to one bank of the memory.
  const pitch = along ? fours + 1 : fours;
  const inner = along ? depth : fours;
  const parts = range(Math.ceil((fours * depth) / threads)).map((part) => {
    const step = threads / inner;
    // Where threads are more than there is to load, the last ones load what others load too.
    const outer = `${name}_outer + ${part * step}u`;
    const partial = fours * depth < threads;
    const [four, k] = along ? [outer, `${name}_inner`] : [`${name}_inner`, outer];
    return { part, four, k, partial };
  });
  const setup = (first: string): readonly string[] => [
    `let ${name}_inner = t % ${inner}u;`,
    `let ${name}_outer = t / ${inner}u;`,
    ...(along ? parts : parts.slice(0, 1)).map(
      ({ part, four }) => `let ${name}_place${part} = place_${name}(z, ${first} + 4u * (${four}));`,
    ),
    ...parts.map(({ part }) => `var ${name}_next${part}: vec4<f32>;`),
  ];
  return {
    pitch,
    setup,
    fetch: parts.map(
      ({ part, k }) => `${name}_next${part} = fetch_${name}(${name}_place${along ? part : 0}, k + ${k}, end);`,
    ),
    store: parts.map(({ part, four, k, partial }) => {
      const store = `tile_${name}[(${k}) * ${pitch}u + ${four}] = ${name}_next${part};`;
      return partial ? `if (t < ${fours * depth}u) { ${store} }` : store;
    }),
  };
}

function storing(
  { fours, holes, bias }: ProductCode,
  rowQuads: readonly number[],
  columnQuads: readonly number[],
  rowThreads: number,
  columnThreads: number,
): readonly string[] {
  return columnQuads.flatMap((j) => [
    '{',
    `  let column = first_column + 4u * (thread_column + ${j * columnThreads}u);`,
    ...range(fours ? 1 : 4).map((lane) => `  let place${lane} = target_place(z, column + ${lane}u);`),
    '  let split_at = split * p.split_step;',
    ...rowQuads.flatMap((i) =>
      range(4).flatMap((r) => {
        const row = `first_row + 4u * (thread_row + ${i * rowThreads}u) + ${r}u`;
        return [
          `  if (${row} < p.rows) {`,
          `    let step = split_at + (${row}) * p.row_step;`,
          ...stores(`sum${i}${r}${j}`),
          '  }',
        ];
      }),
    ),
    '}',
  ]);

  function stores(sum: string): readonly string[] {
    if (fours) {
      const value = bias
        ? `${sum} + vec4(${range(4)
            .map((lane) => biasAt(`at + ${lane}u`))
            .join(', ')})`
        : sum;
      return [`    if (column < p.columns) { let at = place0 + step; store4_c(at >> 2u, ${value}); }`];
    }
    return range(4).map((lane) => {
      const value = bias ? `${sum}.${lanes[lane]} + ${biasAt('at')}` : `${sum}.${lanes[lane]}`;
      const hole = holes ? ` && place${lane} != 0xffffffffu` : '';
      return `    if (column + ${lane}u < p.columns${hole}) { let at = place${lane} + step; store_c(at, ${value}); }`;
    });
  }
}

function biasAt(place: string): string {
  return `load_bias((${place}) / p.bias_inner % p.bias_length)`;
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}

function lines(all: readonly string[], indent = 2): string {
  return all.map((line) => ' '.repeat(indent) + line).join('\n');
}
