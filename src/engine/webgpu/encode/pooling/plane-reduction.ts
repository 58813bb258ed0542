import type { KernelCall } from '../../kernel-call';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';

/** A value of each plane that is put together from all of its elements. */
export interface PlaneReduction extends Omit<KernelCall, 'code' | 'workgroups'> {
  readonly planes: number;
  readonly size: number;
  /** WGSL type of the parts. */
  readonly type: string;
  /** The part of no elements. */
  readonly nothing: string;
  readonly functions?: string;
  /** Adds element `place` of `plane` (u32) to `part`: a statement. */
  readonly add: string;
  /** Expression of `a` and `b`, two parts; that of the lower places is `a`. */
  readonly join: string;
  /** Statement that stores `part`, the whole of `plane`. */
  readonly store: string;
}

const threads = 256;

/** As many threads a plane as have something to do; what each has done is joined in a fixed order. */
export function encodePlaneReduction(program: ProgramBuilder, reduction: PlaneReduction): void {
  const { planes, size, type, nothing, functions = '', add, join, store, ...call } = reduction;
  if (planes === 0) return;
  const lanes = Math.min(threads, 2 ** Math.max(0, Math.floor(Math.log2(size / 2))));
  program.run({
    ...call,
    sizes: { ...call.sizes, planes, plane_size: size, lanes },
    code: `${functions}
fn join_parts(a: ${type}, b: ${type}) -> ${type} { return ${join}; }
var<workgroup> parts: array<${type}, ${threads}>;
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let plane = (group_id.x + group_id.y * groups.x) * (${threads}u / p.lanes) + thread / p.lanes;
  let lane = thread % p.lanes;
  var part: ${type} = ${nothing};
  if (plane < p.planes) {
    for (var place = lane; place < p.plane_size; place += p.lanes) { ${add} }
  }
  parts[thread] = part;
  workgroupBarrier();
  for (var step = p.lanes / 2u; step > 0u; step >>= 1u) {
    if (lane < step) { parts[thread] = join_parts(parts[thread], parts[thread + step]); }
    workgroupBarrier();
  }
  if (lane == 0u && plane < p.planes) {
    part = parts[thread];
    ${store}
  }
}`,
    workgroups: foldWorkgroups(Math.ceil(planes / (threads / lanes))),
  });
}
