import { existsSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder, testFolder } from '../runtime-paths.mjs';
import { startServer } from './server.mjs';
import { launchBrowser, openWindow } from './workbench.mjs';
import { temporaryFolder, writeTinyWorkspace } from './workspaces.mjs';

const limitMs = 180_000;

/** Runs test/vscode/integration inside VS Code's extension host, on the extension as it stands in dist/. */
export async function runIntegration() {
  const data = temporaryFolder('server');
  const workspace = temporaryFolder('integration');
  const results = join(data.path, 'results.json');
  await writeTinyWorkspace(workspace.path);
  const suites = readdirSync(join(testFolder, 'integration'))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.test.ts'.length));
  // Below the repository are VS Code's own extensions too: opened by that path, all of them would be under development.
  const extension = join(data.path, 'extension');
  symlinkSync(repositoryFolder, extension);
  const environment = { CNN_LAB_TEST_SUITES: suites.join(','), CNN_LAB_TEST_RESULTS: results };
  const server = await startServer(data.path, { environment });
  const browser = await launchBrowser();
  let exit;
  const ended = new Promise((resolve) => (exit = resolve));
  const limit = setTimeout(() => exit(`no end after ${limitMs} ms`), limitMs);
  let window;
  try {
    window = await openWindow(browser, {
      port: server.port,
      folder: workspace.path,
      extension,
      extensionTests: join(extension, 'dist', 'test', 'integration.js'),
      prepare: async (page) => {
        await page.exposeFunction('codeAutomationExit', (code) => exit(`exit code ${code}`));
        // The whole window's console; what counts comes in the results.
        await page.exposeFunction('codeAutomationLog', () => undefined);
      },
    });
    const reason = await ended;
    if (existsSync(results)) {
      const outcome = JSON.parse(readFileSync(results, 'utf8'));
      if (outcome.failed > 0) console.error(extensionLog(data.path));
      return outcome;
    }
    await window.screenshot('vscode-integration-failed');
    return broken(`The tests in the extension host ended without results: ${reason}\n${server.output().slice(-4000)}`);
  } catch (error) {
    await window?.screenshot('vscode-integration-failed');
    return broken(String(error?.stack ?? error));
  } finally {
    clearTimeout(limit);
    await browser.close();
    await server.stop();
    data.remove();
    workspace.remove();
  }
}

function broken(message) {
  return { passed: 0, failed: 1, failures: [{ title: 'integration', message }] };
}

/** What the extension wrote to its log output channel. */
function extensionLog(dataFolder) {
  const logs = readdirSync(join(dataFolder, 'data', 'logs'), { recursive: true, withFileTypes: true });
  const files = logs.filter((entry) => entry.name === 'CNN Lab.log').map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}
