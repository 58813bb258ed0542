/** Which part of the pool's work this instance does: an instance belongs to one thread. */
let ownIndex = 0;

/**
 * The part whose scratch memory a kernel may use. It is not the `part` that a kernel is told, where a command is done in
 * more pieces than there are threads (see `share.ts`).
 */
export function ownPart(): i32 {
  return ownIndex;
}

export function setOwnPart(part: i32): void {
  ownIndex = part;
}
