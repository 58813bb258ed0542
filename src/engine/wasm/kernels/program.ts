import { barrier, setControl } from './barrier';
import { dispatch } from './dispatch';
import { setOwnPart } from './own-part';
import { runShared } from './share';

/** The host's clock, in milliseconds. */
declare function now(): f64;

/**
 * Words of a command: opcode, address of its arguments, whether all parts wait for each other after it (after the last they
 * do), into how many pieces each part's share is cut (0: it is not shared), and address of the counters of those taken.
 */
const COMMAND_BYTES: usize = 20;

/** Tells this thread's instance where the control block of the pool is. */
export function init(control: usize): void {
  setControl(control);
}

/** Runs all commands of a program as one part of `parts`. The first word is the number of commands. Returns 0, or 1 when aborted. */
export function run(program: usize, part: i32, parts: i32): i32 {
  setOwnPart(part);
  let command = program + 4;
  // Known before the last barrier: after it the host may put something else in the program's place at any time.
  const end = command + usize(load<i32>(program)) * COMMAND_BYTES;
  while (command < end) {
    runCommand(command, part, parts);
    if (load<i32>(command, 8) != 0 && !barrier(parts)) return 1;
    command += COMMAND_BYTES;
  }
  return 0;
}

/**
 * As `run`, for one of the parts: the others may run the same program without a clock. Writes when it began and, for each
 * command, when this part was done with it and with the wait after it (f64, milliseconds): one more than there are commands.
 */
export function run_profiled(program: usize, part: i32, parts: i32, times: usize): i32 {
  setOwnPart(part);
  let command = program + 4;
  const end = command + usize(load<i32>(program)) * COMMAND_BYTES;
  store<f64>(times, now());
  while (command < end) {
    runCommand(command, part, parts);
    if (load<i32>(command, 8) != 0 && !barrier(parts)) return 1;
    command += COMMAND_BYTES;
    times += 8;
    store<f64>(times, now());
  }
  return 0;
}

function runCommand(command: usize, part: i32, parts: i32): void {
  const opcode = load<i32>(command);
  const args = load<usize>(command, 4);
  const each = load<i32>(command, 12);
  if (each == 0) dispatch(opcode, args, part, parts);
  else runShared(opcode, args, each, load<usize>(command, 16), part, parts);
}
