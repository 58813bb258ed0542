import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { MessageChannel } from '../../src/protocol/rpc';
import type { FromCurvesPanel, ToCurvesPanel } from '../../src/protocol/curves-panel';
import type { ThemeKind } from '../../src/webviews/shared/theme';
import { editorThemes } from './vscode-themes';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** In words, why panels can't be tested here; null where they can. */
export const noBrowser = existsSync(executablePath)
  ? null
  : `${executablePath} is not there: apt-get install -y --no-install-recommends chromium`;

export function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({ executablePath, args: [...args, '--disable-component-update', '--disable-sync'] });
}

/** `To`: what the panel is told; `From`: what it says. */
export interface OpenPanel<To = ToCurvesPanel, From extends Said = FromCurvesPanel> {
  readonly page: Page;
  /** What the browser complained of: errors, and what the Content-Security-Policy refused. */
  readonly complaints: string[];
  send(message: To): Promise<void>;
  /** Everything that the panel has said since it was opened. */
  sent(): Promise<From[]>;
  /** Waits for the next message of a type. */
  next<Type extends From['type']>(type: Type): Promise<Extract<From, { type: Type }>>;
  /** Resolves once what was sent is on the screen. */
  readonly settled: () => Promise<void>;
  readonly setTheme: (kind: ThemeKind) => Promise<void>;
}

interface Said {
  readonly type: string;
}

export interface OpenOptions {
  readonly theme?: ThemeKind;
  readonly width?: number;
  readonly height?: number;
  readonly deviceScaleFactor?: number;
  /** Answers what the panel says; called before it is loaded. */
  readonly serve?: (channel: MessageChannel) => void;
}

/** Opens a served panel as VS Code would: with its theme, and a host that records what the panel says and keeps its state. */
export async function openPanel<To = ToCurvesPanel, From extends Said = FromCurvesPanel>(
  browser: Browser,
  url: string,
  options: OpenOptions = {},
): Promise<OpenPanel<To, From>> {
  const { theme = 'dark', width = 1000, height = 760, deviceScaleFactor = 1, serve } = options;
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const messages: From[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  // A page that is closed has no use for answers any more.
  const post = (message: unknown) =>
    void page.evaluate((sent) => window.postMessage(sent, '*'), message).catch(() => undefined);
  serve?.({ post, onMessage: (listener) => listeners.push(listener) });
  const waiting: { readonly type: string; readonly resolve: (message: From) => void }[] = [];
  await page.exposeFunction('tellHost', (message: From) => {
    messages.push(message);
    for (const listener of listeners) listener(message);
    for (const each of waiting.splice(0)) {
      if (each.type === message.type) each.resolve(message);
      else waiting.push(each);
    }
  });
  await page.addInitScript(hostStandIn, editorThemes[theme]);
  await page.goto(url);
  return {
    page,
    complaints,
    send: (message) => page.evaluate((sent) => window.postMessage(sent, '*'), message as unknown),
    sent: () => Promise.resolve([...messages]),
    next: (type) =>
      new Promise((resolve) => {
        waiting.push({
          type,
          resolve: (message) => resolve(message as Extract<From, { type: typeof type }>),
        });
      }),
    settled: () =>
      page.evaluate(
        () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
      ),
    setTheme: (kind) => page.evaluate(applyTheme, editorThemes[kind]),
  };
}

/** Runs in the page before its scripts: what VS Code gives a webview. The state outlives a reload, as it does there. */
function hostStandIn(theme: (typeof editorThemes)[ThemeKind]): void {
  const page = window as unknown as {
    tellHost(message: unknown): Promise<void>;
    acquireVsCodeApi: () => unknown;
  };
  let acquired = false;
  page.acquireVsCodeApi = () => {
    if (acquired) throw new Error('An instance of the VS Code API has already been acquired');
    acquired = true;
    return {
      // Bytes do not pass to the test as they are: a list of numbers does.
      postMessage: (message: { content?: unknown }) =>
        page.tellHost(message.content instanceof Uint8Array ? { ...message, content: [...message.content] } : message),
      getState: (): unknown => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
      setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
    };
  };
  for (const [name, value] of Object.entries(theme.variables)) {
    document.documentElement?.style.setProperty(`--vscode-${name}`, value);
  }
  document.addEventListener('readystatechange', () => {
    for (const [name, value] of Object.entries(theme.variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
    document.body.className = theme.bodyClasses;
  });
}

function applyTheme(theme: (typeof editorThemes)[ThemeKind]): void {
  document.documentElement.removeAttribute('style');
  for (const [name, value] of Object.entries(theme.variables)) {
    document.documentElement.style.setProperty(`--vscode-${name}`, value);
  }
  document.body.className = theme.bodyClasses;
}
