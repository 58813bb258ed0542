// Runs the suites in a real VS Code: `node test/vscode/run.mjs [--only integration|e2e] [--filter NAME]`.
// Expects dist/ as `node scripts/build.mjs --tests` makes it; writes test-results/vscode.json, or what `--results` names.
// A window of VS Code may lose a click or a key where the machine is busy. So a file of the end-to-end suite in which something failed
// is tried once more, in a session of its own, as is the integration suite, and what held only then is told; `--once` leaves that out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runEndToEnd } from './harness/run-end-to-end.mjs';
import { runIntegration } from './harness/run-integration.mjs';
import { installRuntime } from './install-runtime.mjs';
import { resultsFolder } from './runtime-paths.mjs';

/** With more broken files than that, it is not the machine. */
const mostTriedAgain = 2;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    filter: { type: 'string' },
    once: { type: 'boolean', default: false },
    results: { type: 'string', default: join(resultsFolder, 'vscode.json') },
  },
});
const suites = { integration, e2e: endToEnd };

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
mkdirSync(dirname(values.results), { recursive: true });
writeFileSync(values.results, JSON.stringify(total, null, 2));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

async function endToEnd() {
  const first = await runEndToEnd(values.filter);
  const { broken } = first;
  if (values.once || broken.length === 0 || broken.length > mostTriedAgain) return first;
  const total = { passed: first.passed, failed: first.failed, failures: [...first.failures] };
  for (const { file, passed, failures } of broken) {
    tellFirstTry(failures);
    const again = tryAgain(file);
    total.passed += again.passed - passed;
    total.failed += again.failed - failures.length;
    total.failures = [...total.failures.filter((each) => !failures.includes(each)), ...again.failures];
    tellSecondTry(failures, again.failures);
  }
  return total;
}

async function integration() {
  const first = await runIntegration();
  if (values.once || first.failed === 0) return first;
  tellFirstTry(first.failures);
  const again = await runIntegration();
  tellSecondTry(first.failures, again.failures);
  return again;
}

function tellFirstTry(failures) {
  for (const { title, message } of failures) console.error(`\nFailed at the first try: ${title}\n${message}\n`);
}

function tellSecondTry(failures, again) {
  const held = failures.filter(({ title }) => !again.some((each) => each.title === title));
  for (const { title } of held) console.log(`Held at the second try only: ${title}`);
}

/** A file by itself, in a process that knows nothing of what went before. */
function tryAgain(file) {
  const results = join(resultsFolder, 'vscode-again.json');
  rmSync(results, { force: true });
  const args = ['--only', 'e2e', '--filter', file, '--once', '--results', results];
  spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
  if (existsSync(results)) return JSON.parse(readFileSync(results, 'utf8'));
  return { passed: 0, failed: 1, failures: [{ title: file, message: 'It came to no end at the second try.' }] };
}
