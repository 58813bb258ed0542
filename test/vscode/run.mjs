// Runs the suites in a real VS Code: `node test/vscode/run.mjs [--only integration|e2e] [--filter NAME]`.
// Expects dist/ as `node scripts/build.mjs --tests` makes it; writes test-results/vscode.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runEndToEnd } from './harness/run-end-to-end.mjs';
import { runIntegration } from './harness/run-integration.mjs';
import { installRuntime } from './install-runtime.mjs';
import { resultsFolder } from './runtime-paths.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' }, filter: { type: 'string' } } });
const suites = { integration: runIntegration, e2e: () => runEndToEnd(values.filter) };

installRuntime();
const total = { passed: 0, failed: 0, failures: [] };
for (const [name, run] of Object.entries(suites)) {
  if (values.only && values.only !== name) continue;
  const started = performance.now();
  const { passed, failed, failures } = await run();
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${name}: ${passed} passed, ${failed} failed in ${seconds} s`);
  for (const { title, message } of failures) console.error(`\n✖ ${title}\n${message}\n`);
  total.passed += passed;
  total.failed += failed;
  total.failures.push(...failures);
}
mkdirSync(resultsFolder, { recursive: true });
writeFileSync(join(resultsFolder, 'vscode.json'), JSON.stringify(total, null, 2));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
