import net from 'node:net';
import tls from 'node:tls';
import type { Proxy } from './proxy';

/**
 * A connection to `host:port` through a proxy (CONNECT, RFC 9110 section 9.3.6). It goes over a bare socket: VS Code
 * replaces `http.request`, which would send the question to the proxy through the proxy. Rejects with the reason of the signal.
 */
export async function openTunnel(proxy: Proxy, host: string, port: number, signal: AbortSignal): Promise<net.Socket> {
  const socket = await connectToProxy(proxy, signal);
  const authority = `${host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host}:${port}`;
  const authorization = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  return new Promise((resolve, reject) => {
    let head = '';
    const settle = (error: Error | undefined): void => {
      signal.removeEventListener('abort', abort);
      socket.off('data', read).off('error', settle).off('close', closed);
      if (error) {
        socket.destroy();
        reject(error);
      } else {
        socket.pause();
        resolve(socket);
      }
    };
    const abort = (): void => settle(signal.reason as Error);
    const closed = (): void => settle(new Error(`The proxy ${proxy.url.host} closed the connection.`));
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length < mostHeadLength) return;
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
      if (end < 0 || status === undefined) settle(new Error(`The proxy ${proxy.url.host} does not speak HTTP.`));
      else if (status.startsWith('2')) {
        const rest = Buffer.from(head.slice(end + 4), 'latin1');
        if (rest.length > 0) socket.unshift(rest);
        settle(undefined);
      } else settle(new ProxyRefusal(proxy, Number(status)));
    };
    socket.on('data', read).on('error', settle).on('close', closed);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  });
}

/** A connection to the proxy itself. */
export function connectToProxy({ url, strictSsl }: Proxy, signal: AbortSignal): Promise<net.Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const secure = url.protocol === 'https:';
    const port = Number(url.port) || (secure ? 443 : 80);
    const socket = secure
      ? tls.connect({ host, port, rejectUnauthorized: strictSsl, ...(net.isIP(host) ? {} : { servername: host }) })
      : net.connect({ host, port });
    const settle = (error: Error | undefined): void => {
      signal.removeEventListener('abort', abort);
      socket.off('error', settle);
      if (error) {
        socket.destroy();
        reject(new Error(`The proxy ${url.host} can't be reached (${error.message}).`, { cause: error }));
      } else resolve(socket);
    };
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort);
    socket.on('error', settle).once(secure ? 'secureConnect' : 'connect', () => settle(undefined));
  });
}

export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';

  constructor(
    proxy: Proxy,
    readonly status: number,
  ) {
    super(
      status === 407
        ? `the proxy ${proxy.url.host} wants a user name and a password`
        : `the proxy ${proxy.url.host} refuses to connect (${status})`,
    );
  }
}

const mostHeadLength = 16_384;
