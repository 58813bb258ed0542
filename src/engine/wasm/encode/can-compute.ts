import { encoders } from './table';

/** Whether the CPU engine has a kernel for an op. */
export function canCompute(op: string): boolean {
  return encoders.has(op);
}
