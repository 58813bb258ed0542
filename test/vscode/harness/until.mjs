import { patienceMs } from './workbench.mjs';

/** Resolves once the condition holds; throws where it does not in time. `what`: in words, what is waited for. */
export async function until(condition, what) {
  const end = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not in time: ${what}`);
    // What is waited for is drawn in another process.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
