// `npm test`: sets everything up, builds, and runs every suite. Arguments go to vitest, and leave VS Code out:
// `npm test -- test/unit`.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installDependencies, root, run, runAnyway } from './set-up.mjs';

const results = path.join(root, 'test-results');
const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const filters = process.argv.slice(2);

installDependencies();
installChromium();
const { build } = await import('./build.mjs');
await build({ tests: true });

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const suites = [runVitest()];
if (filters.length === 0) suites.push(runVsCode());

const summary = { passed: 0, failed: 0, skipped: 0 };
for (const { name, passed, failed, skipped } of suites) {
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  summary.passed += passed;
  summary.failed += failed;
  summary.skipped += skipped;
}
writeFileSync(path.join(results, 'summary.json'), JSON.stringify(summary));
process.exit(summary.failed > 0 || summary.passed === 0 ? 1 : 0);

/** Unit, engine, worker and webview suites. */
function runVitest() {
  const file = path.join(results, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = runAnyway('npx', ['--no', 'vitest', 'run', ...reporters, ...filters]);
  const report = readReport(file);
  return counts('vitest', status, {
    passed: report?.numPassedTests,
    // A file that does not load has no tests to fail, but is a failed suite.
    failed: report && report.numFailedTests + report.testResults.filter(isBrokenFile).length,
    skipped: report && report.numPendingTests + report.numTodoTests,
  });
}

function isBrokenFile({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed');
}

/** The suites in a real VS Code. */
function runVsCode() {
  const { status } = runAnyway(process.execPath, ['test/vscode/run.mjs']);
  const report = readReport(path.join(results, 'vscode.json'));
  return counts('VS Code', status, report && { skipped: 0, ...report });
}

/** A runner that ends badly without a failed test counts as one. */
function counts(name, status, report) {
  const { passed = 0, failed = 0, skipped = 0 } = report ?? {};
  return { name, passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped };
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The webview and VS Code suites drive Debian's Chromium. */
function installChromium() {
  if (existsSync(chromium)) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`Chromium is needed for the tests: install it, or set CHROMIUM_PATH (looked for ${chromium}).`);
    process.exit(1);
  }
  console.log('Installing chromium…');
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  run('apt-get', ['update', '-q'], quiet);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], quiet);
}
