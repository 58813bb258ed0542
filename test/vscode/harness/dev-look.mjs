import { startServer } from './server.mjs';
import { launchBrowser, openWindow } from './workbench.mjs';
import { mkdtempSync } from 'node:fs';
const theme = process.argv[2] ?? 'Dark Modern';
const tag = theme.replaceAll(' ', '-').toLowerCase();
const s = await startServer(mkdtempSync('/tmp/vs-'), { settings: { 'workbench.colorTheme': theme } });
const b = await launchBrowser();
try {
  const w = await openWindow(b, { port: s.port, folder: '/tmp/ws', extension: '/tmp/cnn-lab-link' });
  w.page.on('console', (m) => {
    if (m.type() === 'error') console.log('console', m.text().slice(0, 300));
  });
  await w.explorerReady();
  await w.openContainer('CNN Lab');
  await w.treeRow(/SmallResNet/).waitFor();
  await w
    .treeRow(/completed/)
    .first()
    .click();
  await w
    .treeRow(/completed/)
    .first()
    .locator('.action-label[aria-label^="Open Training Curves"]')
    .click();
  await w.page.waitForTimeout(3000);
  await w.screenshot(`look-${tag}-curves`);
  await w.page.mouse.move(600, 600);
  await w
    .treeRow(/failed/)
    .first()
    .locator('.monaco-icon-label')
    .hover();
  await w.page.waitForTimeout(2500);
  await w.screenshot(`look-${tag}-hover`);
  await w
    .treeRow(/stopped/)
    .first()
    .click({ button: 'right' });
  await w.page.waitForTimeout(700);
  await w.screenshot(`look-${tag}-menu`);
  console.log(w.problems, s.output().slice(-300));
} catch (e) {
  console.log(e);
  await b.contexts()[0].pages()[0].screenshot({ path: 'test-results/fail.png' });
} finally {
  await b.close();
  await s.stop();
}
