import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { connectToProxy, openTunnel } from './open-tunnel';
import type { Proxy, ProxyFor } from './proxy';

export interface HttpGetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly proxyFor: ProxyFor;
  /** Ends the request, and the answer that is being read. */
  readonly signal: AbortSignal;
}

/**
 * The answer to a GET, after redirects (ten at most, never from https to http); its body is not read yet, and is given as
 * it is sent. `node:http` and not `fetch`: VS Code puts its proxies (also those of the system and of PAC files) and the
 * system's certificates into these. Rejects with a Refusal, an error of the network, or the signal's reason.
 */
export async function httpGet(address: string, options: HttpGetOptions): Promise<http.IncomingMessage> {
  let url = parseAddress(address);
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, options);
    const { statusCode = 0, headers } = response;
    if (!redirectCodes.has(statusCode) || headers.location === undefined) return response;
    response.destroy();
    if (redirects === mostRedirects) throw new Refusal(`${url.host} sends from one address to the next without an end`);
    const next = parseAddress(headers.location, url);
    if (url.protocol === 'https:' && next.protocol === 'http:') {
      throw new Refusal(`${url.host} sends to an address without encryption (${next.host})`);
    }
    url = next;
  }
}

/** It will not be otherwise the next time. In words that follow the name of the host. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const redirectCodes: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 10;

function parseAddress(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new Refusal(`${text} is no address`);
  const url = new URL(text, base);
  if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  throw new Refusal(`${url.protocol} is not spoken here`);
}

function request(url: URL, { headers, proxyFor, signal }: HttpGetOptions): Promise<http.IncomingMessage> {
  signal.throwIfAborted();
  const proxy = proxyFor(url);
  const secure = url.protocol === 'https:';
  const askedOfProxy = proxy && !secure && proxy.authorization !== undefined;
  const options: http.RequestOptions = {
    headers: {
      'User-Agent': 'CNN-Lab',
      Accept: '*/*',
      // The answer is taken as it is: a file that is packed stays packed.
      'Accept-Encoding': 'identity',
      ...headers,
      ...(askedOfProxy ? { 'Proxy-Authorization': proxy.authorization } : {}),
    },
    signal,
    // Without a proxy of ours no agent is named, either: that is where VS Code puts its own.
    ...(proxy ? throughProxy(url, proxy, signal) : {}),
  };
  return new Promise((resolve, reject) => {
    const sent = (secure ? https : http).request(url, options, resolve);
    sent.once('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error));
    sent.end();
  });
}

/** https through a tunnel; http is asked of the proxy itself, since most of them tunnel to encrypted ports only. */
function throughProxy(url: URL, proxy: Proxy, signal: AbortSignal): http.RequestOptions {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') {
    return { path: url.href, createConnection: connecting(() => connectToProxy(proxy, signal)) };
  }
  return {
    rejectUnauthorized: proxy.strictSsl,
    createConnection: connecting(async () => {
      const socket = await openTunnel(proxy, host, Number(url.port) || 443, signal);
      return tls.connect({
        socket,
        rejectUnauthorized: proxy.strictSsl,
        ALPNProtocols: ['http/1.1'],
        ...(net.isIP(host) ? { host } : { servername: host }),
      });
    }),
  } as https.RequestOptions;
}

function connecting(connect: () => Promise<net.Socket>): NonNullable<http.RequestOptions['createConnection']> {
  return (_options, settle) => {
    connect().then(
      (socket) => settle(null, socket),
      (error: Error) => settle(error, undefined as never),
    );
    return undefined;
  };
}
