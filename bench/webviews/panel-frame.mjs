// A panel as it stands in VS Code: in a frame of another site, and so in a process of its own. What it asks and what comes back passes
// through the page around it, bytes as bytes, so that none of the panel's time goes to the bench.
/* global window, document */
import { createServer } from 'node:http';

/**
 * Opens a served panel. `serve`: answers what it asks, given a channel. Returns the page, the panel's frame in it, and what ends both.
 */
export async function openPanelFrame(browser, url, { width, height, theme, serve }) {
  const waiting = new Map();
  let listener = () => undefined;
  serve({
    post: (message) => waiting.get(message.id)?.(message),
    onMessage: (listen) => (listener = listen),
  });
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><style>*{margin:0;border:0}iframe{display:block;width:100vw;height:100vh}</style>
        <iframe src="${url}"></iframe><script>(${passMessages.toString()})()</script>`);
      return;
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const message = JSON.parse(Buffer.concat(chunks).toString(), (_, value) =>
      value?.typed === undefined ? value : new globalThis[value.typed](value.values),
    );
    const answer = new Promise((resolve) => waiting.set(message.id, resolve));
    listener(message);
    response.end(encode(await answer));
    waiting.delete(message.id);
  });
  await new Promise((resolve) => server.listen(0, resolve));
  const page = await browser.newPage({ viewport: { width, height } });
  await page.addInitScript(standIn, theme);
  await page.goto(`http://localhost:${server.address().port}/`);
  const panel = page.frames().find((frame) => frame.url() === url);
  return {
    page,
    panel,
    async close() {
      await page.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Length of the JSON, the JSON, and the bytes of its typed arrays, each at a multiple of 8. */
function encode(message) {
  const parts = [];
  let length = 0;
  const text = JSON.stringify(message, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const padding = Buffer.alloc(-bytes.length & 7);
    const place = { typed: value.constructor.name, from: length, count: value.length };
    parts.push(bytes, padding);
    length += bytes.length + padding.length;
    return place;
  });
  const json = Buffer.from(text);
  const padded = Buffer.alloc((json.length + 7) & ~7, ' ');
  json.copy(padded);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(padded.length);
  return Buffer.concat([head, padded, ...parts]);
}

/** In the page around the panel. */
function passMessages() {
  window.addEventListener('message', async ({ data }) => {
    if (data?.rpc !== 'call') return;
    const body = JSON.stringify(data, (_, value) =>
      ArrayBuffer.isView(value) ? { typed: value.constructor.name, values: [...value] } : value,
    );
    const buffer = await (await fetch('/', { method: 'POST', body })).arrayBuffer();
    const begin = 8 + new DataView(buffer).getUint32(0, true);
    const taken = [];
    const message = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, begin - 8)), (_, value) => {
      if (value?.typed === undefined) return value;
      const type = window[value.typed];
      const from = begin + value.from;
      const own = new type(buffer.slice(from, from + value.count * type.BYTES_PER_ELEMENT));
      taken.push(own.buffer);
      return own;
    });
    document.querySelector('iframe').contentWindow.postMessage(message, '*', taken);
  });
}

/** In the panel, before its scripts. */
function standIn({ bodyClasses, variables }) {
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.parent.postMessage(message, '*'),
    getState: () => undefined,
    setState: () => undefined,
  });
  document.addEventListener('readystatechange', () => {
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
    document.body.className = bodyClasses;
  });
}
