import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { panelHtml } from '../../src/protocol/panel-html';

export interface PanelServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a panel as VS Code does: the document of `panelHtml` with its policy, and the files that `npm run build` made. */
export async function servePanel(name: string, title: string): Promise<PanelServer> {
  const folder = path.resolve(__dirname, '../../dist/webviews');
  const read = async (file: string): Promise<[string, Buffer]> => [`/${file}`, await readFile(path.join(folder, file))];
  const files = new Map(await Promise.all([read(`${name}.js`), read(`${name}.css`)]));
  const server = createServer((request, response) => {
    const address = request.url ?? '/';
    if (address === '/') {
      const nonce = 'aB3dE6gH9jK2mN5pQ8';
      const cspSource = `http://${request.headers.host ?? ''}`;
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(panelHtml({ title, scriptUri: `/${name}.js`, styleUris: [`/${name}.css`], nonce, cspSource }));
      return;
    }
    // Browsers ask for an icon unasked; a missing one is an error on their console.
    const content = address === '/favicon.ico' ? new Uint8Array() : files.get(address);
    response.statusCode = content ? 200 : 404;
    response.setHeader('content-type', address.endsWith('.css') ? 'text/css' : 'text/javascript');
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
