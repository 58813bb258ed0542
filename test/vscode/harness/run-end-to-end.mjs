import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import Mocha from 'mocha';
import { testFolder } from '../runtime-paths.mjs';

/**
 * Runs test/vscode/e2e in this process; `filter`: part of a file's name. `broken`: the files with a failure, and what came of each.
 */
export async function runEndToEnd(filter = '') {
  const mocha = new Mocha({ ui: 'bdd', timeout: 90_000, reporter: 'spec' });
  const folder = join(testFolder, 'e2e');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.test.mjs') && each.includes(filter))) {
    mocha.addFile(join(folder, name));
  }
  await mocha.loadFilesAsync();
  const files = new Map();
  const fileOf = (test) => {
    const file = basename(test.file ?? test.parent?.file ?? '');
    if (!files.has(file)) files.set(file, { file, passed: 0, failures: [] });
    return files.get(file);
  };
  await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => fileOf(test).passed++)
      .on('fail', (test, error) => {
        fileOf(test).failures.push({ title: test.fullTitle(), message: String(error.stack ?? error) });
      });
  });
  const all = [...files.values()];
  const failures = all.flatMap((file) => file.failures);
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: failures.length,
    failures,
    broken: all.filter((file) => file.failures.length > 0),
  };
}
