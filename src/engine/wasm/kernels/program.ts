import { barrier, setControl } from './barrier';
import { dispatch } from './dispatch';

/** Tells this thread's instance where the control block of the pool is. */
export function init(control: usize): void {
  setControl(control);
}

/**
 * Runs all commands of a program as one part of `parts`. A command is three words: opcode (−1 ends the program),
 * address of its arguments, and whether all parts wait for each other after it. Returns 0, or 1 when aborted.
 */
export function run(program: usize, part: i32, parts: i32): i32 {
  let command = program;
  while (true) {
    const opcode = load<i32>(command);
    if (opcode < 0) break;
    dispatch(opcode, load<usize>(command, 4), part, parts);
    if (load<i32>(command, 8) != 0 && !barrier(parts)) return 1;
    command += 12;
  }
  return 0;
}
