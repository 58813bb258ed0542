/**
 * Where all parts of a command wait for each other. The control block, shared by all threads, holds
 * [0] arrivals, [4] generation, [8] abort, [12] sleepers; `thread-pool.ts` owns it.
 */
let control: usize = 0;

const GENERATION: usize = 4;
const ABORT: usize = 8;
const SLEEPERS: usize = 12;

/** Some tenths of a millisecond: to fall asleep and be woken costs as much, and a step has hundreds of barriers. */
const SPINS = 80000;
/** No command takes minutes: a thread has died without a trap. */
const MAX_WAITS = 300;

/**
 * Sleeps while the generation is the one given, for a second at most; false when that was over. The host's Atomics.wait:
 * with `memory.atomic.wait32` inlined into the loop over the commands, the baseline compiler of V8 11.3 (Node 20) made
 * that loop end early.
 */
declare function sleep(generation: i32): bool;

export function setControl(address: usize): void {
  control = address;
}

/** False when the program has been aborted: every part must return at once. */
export function barrier(parts: i32): bool {
  if (parts == 1) return true;
  const generation = atomic.load<i32>(control, GENERATION);
  if (atomic.add<i32>(control, 1) == parts - 1) {
    atomic.store<i32>(control, 0);
    atomic.add<i32>(control, 1, GENERATION);
    if (atomic.load<i32>(control, SLEEPERS) > 0) atomic.notify(control + GENERATION, -1);
    return atomic.load<i32>(control, ABORT) == 0;
  }
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(control, GENERATION) != generation) return atomic.load<i32>(control, ABORT) == 0;
  }
  atomic.add<i32>(control, 1, SLEEPERS);
  let waits = 0;
  while (atomic.load<i32>(control, GENERATION) == generation) {
    if (atomic.load<i32>(control, ABORT) != 0) break;
    if (!sleep(generation) && ++waits == MAX_WAITS) atomic.store<i32>(control, 1, ABORT);
  }
  atomic.sub<i32>(control, 1, SLEEPERS);
  return atomic.load<i32>(control, ABORT) == 0;
}
