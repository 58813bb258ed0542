import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { FromCurvesPanel, ToCurvesPanel } from '../../src/protocol/curves-panel';
import { launchBrowser, openPanel } from './open-panel';
import type { OpenOptions, OpenPanel } from './open-panel';
import { servePanel } from './panel-server';
import type { PanelServer } from './panel-server';

/** Screenshots to look at; not kept in the repository. */
export const pictures = path.resolve(__dirname, '../../test-results/webviews');

/**
 * One browser and one server for a file of tests. Each test opens panels of its own; after it they are closed, and the
 * browser must not have complained: no error, nothing that the Content-Security-Policy refused.
 */
export function panelSuite<To = ToCurvesPanel, From extends { readonly type: string } = FromCurvesPanel>(
  name: string,
  title: string,
): { open(options?: OpenOptions): Promise<OpenPanel<To, From>> } {
  let browser: Browser;
  let server: PanelServer;
  let opened: OpenPanel<To, From>[] = [];
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    [browser, server] = await Promise.all([launchBrowser(), servePanel(name, title)]);
  });
  afterEach(async () => {
    const complaints = opened.flatMap((panel) => panel.complaints);
    await Promise.all(opened.map(({ page }) => page.close()));
    opened = [];
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  return {
    open: async (options) => {
      const panel = await openPanel<To, From>(browser, server.url, options);
      opened.push(panel);
      return panel;
    },
  };
}
