import { MessageChannel as NodeChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import type { MessageChannel } from '../../../src/protocol/rpc';
import { RemoteError, connectRpc, serveRpc } from '../../../src/protocol/rpc';

interface Calls {
  add(a: number, b: number): Promise<number>;
  double(values: Float32Array): Promise<Float32Array>;
  fail(kind: 'user' | 'bug'): Promise<never>;
  never(): Promise<void>;
  functions(): Promise<unknown>;
}

interface Events {
  progress(event: { readonly done: number }): void;
  unheard(): void;
}

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** A real channel between the two ends: what can't be cloned does not pass. */
function pair(): [MessageChannel, MessageChannel] {
  const { port1, port2 } = new NodeChannel();
  open.push(port1, port2);
  const end = (port: MessagePort): MessageChannel => ({
    post: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
  });
  return [end(port1), end(port2)];
}

function connect(heard: Partial<Events> = {}) {
  const [client, server] = pair();
  const events = serveRpc<Calls, Events>(server, {
    add: (a, b) => Promise.resolve(a + b),
    double: (values) => Promise.resolve(values.map((value) => 2 * value)),
    fail: (kind) =>
      Promise.reject(kind === 'user' ? new UserError('No such file.', 'Give another.') : new TypeError('Broken')),
    never: () => new Promise(() => undefined),
    functions: () => Promise.resolve(() => 1),
  });
  return { rpc: connectRpc<Calls, Events>(client, heard), events, client, server };
}

describe('a remote call', () => {
  test('gives what the other side returns, tensors as typed arrays', async () => {
    const { rpc } = connect();
    expect(await Promise.all([rpc.calls.add(1, 2), rpc.calls.add(3, 4)])).toEqual([3, 7]);
    expect(await rpc.calls.double(Float32Array.of(1, 2.5))).toEqual(Float32Array.of(2, 5));
  });

  test('rejects with the UserError that was thrown there, remedy and stack included', async () => {
    const { rpc } = connect();
    const error = await rpc.calls.fail('user').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: 'No such file.', remedy: 'Give another.' });
    expect((error as Error).stack).toContain('rpc.test.ts');
  });

  test('rejects with a RemoteError for a bug there', async () => {
    const { rpc } = connect();
    const error = await rpc.calls.fail('bug').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ message: 'Broken', kind: 'bug' });
    expect((error as Error).stack).toContain('TypeError: Broken');
  });

  test('rejects when the result can not be carried', async () => {
    const { rpc } = connect();
    await expect(rpc.calls.functions()).rejects.toThrow(/could not be cloned/);
  });

  test('rejects when its arguments can not be carried', async () => {
    const { rpc } = connect();
    await expect(rpc.calls.add((() => 1) as unknown as number, 1)).rejects.toThrow(/could not be cloned/);
  });

  test('rejects when there is no such call, an inherited method included', async () => {
    const { rpc } = connect();
    const table = rpc.calls as unknown as Record<string, () => Promise<unknown>>;
    await expect(table['missing']?.()).rejects.toThrow('No such call: missing');
    await expect(table['toString']?.()).rejects.toThrow('No such call: toString');
  });

  test('rejects on close, as does every later one', async () => {
    const { rpc } = connect();
    const waiting = rpc.calls.never();
    rpc.close(new Error('The process ended.'));
    rpc.close(new Error('Too late.'));
    await expect(waiting).rejects.toThrow('The process ended.');
    await expect(rpc.calls.add(1, 2)).rejects.toThrow('The process ended.');
  });

  test('rejects on abort, before and during', async () => {
    const { rpc } = connect();
    const controller = new AbortController();
    const waiting = rpc.abortable(controller.signal).never();
    controller.abort(new Error('Enough.'));
    await expect(waiting).rejects.toThrow('Enough.');
    await expect(rpc.abortable(controller.signal).add(1, 2)).rejects.toThrow('Enough.');
    expect(await rpc.calls.add(1, 2)).toBe(3);
  });
});

describe('events', () => {
  test('arrive in order, before the reply that follows them; those without a listener are dropped', async () => {
    const heard: number[] = [];
    const { rpc, events } = connect({ progress: ({ done }) => void heard.push(done) });
    events.progress({ done: 1 });
    events.unheard();
    events.progress({ done: 2 });
    await rpc.calls.add(0, 0);
    expect(heard).toEqual([1, 2]);
  });

  test('other traffic on the channel is left alone', async () => {
    const { rpc, server, client } = connect();
    for (const message of [null, 'text', { rpc: 'call' }, { rpc: 'result', id: 'x' }, { rpc: 'what' }]) {
      server.post(message);
      client.post(message);
    }
    expect(await rpc.calls.add(1, 1)).toBe(2);
  });

  test('a table of calls is no promise', async () => {
    const { rpc } = connect();
    expect(await Promise.resolve(rpc.calls)).toBe(rpc.calls);
  });
});
