import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { testFolder } from '../runtime-paths.mjs';

/** Runs test/vscode/e2e in this process; `filter`: part of a file's name. */
export async function runEndToEnd(filter = '') {
  const mocha = new Mocha({ ui: 'bdd', timeout: 90_000, reporter: 'spec' });
  const folder = join(testFolder, 'e2e');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.test.mjs') && each.includes(filter))) {
    mocha.addFile(join(folder, name));
  }
  await mocha.loadFilesAsync();
  const failures = [];
  let passed = 0;
  const failed = await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on('pass', () => passed++)
      .on('fail', (test, error) => failures.push({ title: test.fullTitle(), message: String(error.stack ?? error) }));
  });
  return { passed, failed, failures };
}
