import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { RemoteFile } from '../../src/core/data/teaching-sets';

/** What a server does with one request for a file; the last of a path's list is done again and again. */
export interface Behavior {
  /** The whole file; what is sent of it begins where the request says, if `ranges`. */
  readonly bytes?: Uint8Array;
  /** Absent: true. */
  readonly ranges?: boolean;
  readonly etag?: string;
  /** Bytes of the body after which the connection is cut. */
  readonly cutAfter?: number;
  /** Bytes of the body after which nothing more is sent. */
  readonly stallAfter?: number;
  readonly status?: number;
  readonly location?: string;
  /** Called when the body has been sent so far as it is. */
  readonly onSent?: () => void;
}

export interface FileServer {
  readonly origin: string;
  /** Each request: path, and the header Range where there was one. */
  readonly requests: readonly { readonly path: string; readonly range: string | undefined }[];
  /** Bytes of bodies. */
  readonly sent: () => number;
  close(): Promise<void>;
}

/** A real server on this machine, which fails as it is told. */
export async function startFileServer(
  routes: Readonly<Record<string, readonly Behavior[]>>,
  keys?: { readonly key: string; readonly cert: string },
): Promise<FileServer> {
  const asked = new Map<string, number>();
  const requests: { path: string; range: string | undefined }[] = [];
  let sent = 0;
  const answer: http.RequestListener = (request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, range: request.headers.range });
    const behaviors = routes[path] ?? [{ status: 404 }];
    const count = asked.get(path) ?? 0;
    asked.set(path, count + 1);
    const { bytes = new Uint8Array(), ...behavior } = behaviors[Math.min(count, behaviors.length - 1)] ?? {};
    if (behavior.status !== undefined || behavior.location !== undefined) {
      const location = behavior.location === undefined ? {} : { Location: behavior.location };
      response.writeHead(behavior.status ?? 302, { 'Content-Length': 0, ...location }).end();
      return;
    }
    const first = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const ifRange = request.headers['if-range'];
    const partly = first !== undefined && behavior.ranges !== false && (ifRange ?? behavior.etag) === behavior.etag;
    const body = partly ? bytes.subarray(Number(first)) : bytes;
    response.writeHead(partly ? 206 : 200, {
      'Content-Length': body.length,
      ...(behavior.etag === undefined ? {} : { ETag: behavior.etag }),
      ...(partly ? { 'Content-Range': `bytes ${first}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const end = Math.min(behavior.cutAfter ?? behavior.stallAfter ?? body.length, body.length);
    sent += end;
    response.write(body.subarray(0, end), () => {
      behavior.onSent?.();
      if (behavior.cutAfter !== undefined) request.socket.destroySoon();
      else if (behavior.stallAfter === undefined) response.end();
    });
  };
  const server = keys ? https.createServer(keys, answer) : http.createServer(answer);
  await listen(server);
  return {
    origin: `${keys ? 'https' : 'http'}://127.0.0.1:${portOf(server)}`,
    requests,
    sent: () => sent,
    close: () => close(server),
  };
}

export interface ProxyServer {
  readonly address: string;
  /** First lines: `CONNECT host:port` and `GET http://…`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** A proxy that forwards and tunnels; with `password`, only for `user:password`. */
export async function startProxy(password?: string): Promise<ProxyServer> {
  const requests: string[] = [];
  const expected = password === undefined ? undefined : `Basic ${Buffer.from(`user:${password}`).toString('base64')}`;
  const refused = ({ headers }: http.IncomingMessage) =>
    expected !== undefined && headers['proxy-authorization'] !== expected;
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (refused(request)) {
      response.writeHead(407, { 'Content-Length': 0 }).end();
      return;
    }
    const headers = { ...request.headers };
    delete headers['proxy-authorization'];
    http.get(request.url ?? '', { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  server.on('connect', (request, socket: net.Socket, head: Buffer) => {
    requests.push(`CONNECT ${request.url}`);
    if (refused(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = net.connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.write(head);
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  await listen(server);
  return { address: `127.0.0.1:${portOf(server)}`, requests, close: () => close(server) };
}

/** Bytes that are the same each time and hardly pack. */
export function someBytes(count: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

export function remoteFile(bytes: Uint8Array, ...urls: readonly string[]): RemoteFile {
  const value = createHash('sha256').update(bytes).digest('hex');
  return { name: 'data.bin', urls, bytes: bytes.length, checksum: { algorithm: 'sha256', value } };
}

/** Tunnels are no longer the server's own to close. */
const openSockets = new WeakMap<net.Server, Set<net.Socket>>();

function listen(server: net.Server): Promise<void> {
  const sockets = new Set<net.Socket>();
  openSockets.set(server, sockets);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: net.Server): number {
  return (server.address() as net.AddressInfo).port;
}

function close(server: http.Server): Promise<void> {
  for (const socket of openSockets.get(server) ?? []) socket.destroy();
  return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
}
