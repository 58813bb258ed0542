import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Runs in VS Code's extension host. Which suites there are is told by CNN_LAB_TEST_SUITES (file names without .test.ts,
 * by commas), and where the outcome goes by CNN_LAB_TEST_RESULTS.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: patienceMs });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  for (const name of (process.env.CNN_LAB_TEST_SUITES ?? '').split(',')) {
    await import(`./${name}.test.ts`);
  }
  const failures: { title: string; message: string }[] = [];
  const counts = await new Promise<{ passed: number; failed: number }>((resolve) => {
    let passed = 0;
    mocha
      .run((failed) => resolve({ passed, failed }))
      .on('pass', () => passed++)
      .on('fail', (test, error: unknown) => {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        failures.push({ title: test.fullTitle(), message });
      });
  });
  const results = process.env.CNN_LAB_TEST_RESULTS;
  if (results) writeFileSync(results, JSON.stringify({ ...counts, failures }, null, 2));
  if (counts.failed > 0) throw new Error(`${counts.failed} of the integration tests failed.`);
}

const patienceMs = 60_000;
