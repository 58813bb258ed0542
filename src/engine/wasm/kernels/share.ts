import { dispatch } from './dispatch';

/** Counters lie on cache lines of their own, and not on pairs of them either. */
const COUNTER_BYTES: usize = 128;

/**
 * Does a command in `each` pieces for every part: a part takes those of its own range from front to back, then what is left of
 * the others', so that none waits for one that is slower. A kernel sees a piece as one part of `each`·`parts`: who does it
 * changes nothing. `counters`: one for every part, of the pieces taken from its range; zero before and after.
 */
export function runShared(opcode: i32, args: usize, each: i32, counters: usize, part: i32, parts: i32): void {
  for (let turn = 0; turn < parts; turn++) {
    const owner = part + turn < parts ? part + turn : part + turn - parts;
    const counter = counters + usize(owner) * COUNTER_BYTES;
    let taken = atomic.add<i32>(counter, 1);
    while (taken < each) {
      dispatch(opcode, args, owner * each + taken, each * parts);
      taken = atomic.add<i32>(counter, 1);
    }
    // Every part finds a range empty once: nobody looks at it after the last one.
    if (taken == each + parts - 1) atomic.store<i32>(counter, 0);
  }
}
