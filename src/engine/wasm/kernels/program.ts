import { barrier, setControl } from './barrier';
import { dispatch } from './dispatch';

/** The host's clock, in milliseconds. */
declare function now(): f64;

/** Tells this thread's instance where the control block of the pool is. */
export function init(control: usize): void {
  setControl(control);
}

/**
 * Runs all commands of a program as one part of `parts`. The first word is the number of commands; a command is three
 * words: opcode, address of its arguments, and whether all parts wait for each other after it (after the last they do).
 * Returns 0, or 1 when aborted.
 */
export function run(program: usize, part: i32, parts: i32): i32 {
  let command = program + 4;
  // Known before the last barrier: after it the host may put something else in the program's place at any time.
  const end = command + usize(load<i32>(program)) * 12;
  while (command < end) {
    dispatch(load<i32>(command), load<usize>(command, 4), part, parts);
    if (load<i32>(command, 8) != 0 && !barrier(parts)) return 1;
    command += 12;
  }
  return 0;
}

/**
 * As `run`, for one of the parts: the others may run the same program without a clock. Writes when it began and, for each
 * command, when this part was done with it and with the wait after it (f64, milliseconds): one more than there are commands.
 */
export function run_profiled(program: usize, part: i32, parts: i32, times: usize): i32 {
  let command = program + 4;
  const end = command + usize(load<i32>(program)) * 12;
  store<f64>(times, now());
  while (command < end) {
    dispatch(load<i32>(command), load<usize>(command, 4), part, parts);
    if (load<i32>(command, 8) != 0 && !barrier(parts)) return 1;
    command += 12;
    times += 8;
    store<f64>(times, now());
  }
  return 0;
}
