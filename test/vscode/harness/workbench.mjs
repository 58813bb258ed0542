import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumBinary, resultsFolder } from '../runtime-paths.mjs';

/* A VS Code window in a real browser, and the few gestures that the suites make in it. */

export const patienceMs = 20_000;

const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchBrowser() {
  return chromium.launch({ executablePath: chromiumBinary, args: chromiumFlags });
}

/**
 * Opens a window of the server's VS Code.
 * @param {import('playwright-core').Browser} browser
 * @param {{ port: number, folder?: string, workspace?: string, extension?: string, extensionTests?: string,
 *           prepare?: (page: import('playwright-core').Page) => Promise<void> }} options
 *   `extension`: folder of an extension under development; `extensionTests`: CommonJS file whose `run()` the extension host calls.
 */
export async function openWindow(browser, { port, folder, workspace, extension, extensionTests, prepare }) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, colorScheme: 'dark' });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const problems = [];
  page.on('pageerror', (error) => problems.push(`${error.stack ?? error}`));
  await prepare?.(page);
  if (extension) {
    const remote = (path) => ({ $mid: 1, scheme: 'vscode-remote', authority: `127.0.0.1:${port}`, path });
    const developmentOptions = { extensions: [remote(extension)] };
    if (extensionTests) developmentOptions.extensionTestsPath = remote(extensionTests);
    await page.addInitScript(addDevelopmentOptions, developmentOptions);
  }
  const opened = workspace ? `?workspace=${workspace}` : folder ? `?folder=${folder}` : '?ew=true';
  await page.goto(`http://127.0.0.1:${port}/${opened}&payload=[]`);
  return new Workbench(context, page, problems);
}

/**
 * A panel that has just been loaded takes the focus, and with it goes the quick pick that is open: what a user would do again is
 * done again. `act` gets how long it may wait for anything; the last attempt's failure is thrown.
 */
async function gesture(act) {
  for (let attempt = 1; attempt < gestureAttempts; attempt++) {
    try {
      return await act(patienceMs / 2);
    } catch (error) {
      if (error.name !== 'TimeoutError') throw error;
    }
  }
  return act(patienceMs);
}

const gestureAttempts = 3;

/* Runs in the page before its scripts: the workbench reads its configuration from a meta element. */
function addDevelopmentOptions(developmentOptions) {
  const { document } = globalThis;
  const edit = () => {
    const meta = document.getElementById('vscode-workbench-web-configuration');
    if (!meta || meta.dataset.edited) return;
    const settings = JSON.parse(meta.getAttribute('data-settings'));
    meta.setAttribute('data-settings', JSON.stringify({ ...settings, developmentOptions }));
    meta.dataset.edited = 'true';
  };
  document.addEventListener('readystatechange', edit);
}

export class Workbench {
  constructor(context, page, problems) {
    this.context = context;
    this.page = page;
    /** Errors that nothing in the page caught. */
    this.problems = problems;
    this.quickInput = page.locator('.quick-input-widget');
    this.quickRows = page.locator('.quick-input-list .monaco-list-row');
    this.toasts = page.locator('.notification-toast');
    this.dialog = page.locator('.monaco-dialog-box');
    this.statusBar = page.locator('.part.statusbar');
  }

  /** See `gesture` above. */
  async gesture(act) {
    await gesture(act);
  }

  async explorerReady(options = {}) {
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor(options);
  }

  async runCommand(title) {
    await gesture(async (timeout) => {
      await this.page.keyboard.press('F1');
      await this.quickInput.locator('input.input').fill(`>${title}`, { timeout });
      await this.quickRows.filter({ hasText: title }).first().waitFor({ timeout });
      await this.page.keyboard.press('Enter');
    });
  }

  /** A command whose first question is a quick pick of that title. */
  async runCommandAndPick(command, title, row) {
    await gesture(async (timeout) => {
      await this.runCommand(command);
      await this.pick(title, row, timeout);
    });
  }

  /** Waits for the quick pick of that title to offer the row, and takes it. */
  async pick(title, row, timeout = patienceMs) {
    await this.quickInput.locator('.quick-input-title', { hasText: title }).waitFor({ timeout });
    await this.quickInput.locator('input.input').fill('', { timeout });
    await this.quickRows.filter({ hasText: row }).first().click({ timeout });
  }

  /**
   * As a user of VS Code does it. Where a browser reloads by itself, VS Code may not have stored yet which editors are open and what
   * they show; before its own reload it stores all that.
   */
  async reload() {
    const timeout = 2 * patienceMs;
    await Promise.all([this.page.waitForEvent('load', { timeout }), this.runCommand('Developer: Reload Window')]);
    await this.statusBar.waitFor({ timeout });
  }

  async openContainer(label) {
    await this.page.locator(`.activitybar .action-label[aria-label^="${label}"]`).first().click();
  }

  treeRow(name) {
    return this.page.getByRole('treeitem', { name });
  }

  toast(text) {
    return this.toasts.filter({ hasText: text });
  }

  /** The document inside the webview that is shown. */
  webview() {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  async screenshot(name) {
    mkdirSync(resultsFolder, { recursive: true });
    await this.page.screenshot({ path: join(resultsFolder, `${name}.png`) });
  }

  async close() {
    await this.context.close();
  }
}
