import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryFolder } from '../runtime-paths.mjs';
import { installVsix, startServer } from '../harness/server.mjs';
import { launchBrowser, openWindow } from '../harness/workbench.mjs';
import { temporaryFolder } from '../harness/workspaces.mjs';

const execute = promisify(execFile);
let packaged;

/** The extension as users get it, packed from dist/: once, whatever the number of suites. */
async function packedExtension() {
  const file = join(repositoryFolder, 'build', 'cnn-lab-test.vsix');
  await execute(process.execPath, [join(repositoryFolder, 'scripts', 'package.mjs'), file]);
  return file;
}

/** A server with the packaged extension in it, a browser, and what is opened in it; `close` ends all. */
export async function startSession(options = {}) {
  const file = await (packaged ??= packedExtension());
  const data = temporaryFolder('server');
  installVsix(data.path, file);
  const server = await startServer(data.path, options);
  const browser = await launchBrowser();
  const windows = [];
  return {
    server,
    dataFolder: data.path,
    async open(options) {
      const window = await openWindow(browser, { port: server.port, ...options });
      windows.push(window);
      return window;
    },
    /** For afterEach: a picture of what there is to see where a test failed. */
    async pictureFailure(test) {
      if (test?.state !== 'failed') return;
      const name = `failed-${test
        .fullTitle()
        .replace(/[^\w]+/g, '-')
        .slice(0, 80)}`;
      for (const [index, window] of windows.entries())
        await window.screenshot(`${name}-${index}`).catch(() => undefined);
    },
    async close() {
      await browser.close();
      await server.stop();
      data.remove();
    },
  };
}
