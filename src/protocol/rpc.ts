import { UserError } from '../core/errors';

/*
 * Remote procedure calls over any message channel (Node IPC, postMessage). The caller's side is derived from an
 * interface of methods that return promises; the other side serves an object of that interface and may tell events
 * (an interface of methods that return void) without being asked.
 */

/** Two ends that pass messages in order; what it can carry decides what arguments may be. */
export interface MessageChannel {
  /** Must not throw once the channel is closed: what can't be sent is lost, and the caller learns of it by `close`. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** Methods of T that take structured-cloneable arguments and return a promise. */
export type CallTable<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };
export type EventTable<T> = { readonly [K in keyof T]: (...args: never[]) => void };

export interface RpcClient<Calls> {
  readonly calls: Calls;
  /** The same calls, each rejecting with the signal's reason when it is aborted. The other side is not told. */
  abortable(signal: AbortSignalLike): Calls;
  /** Rejects every call that is under way, and every later one, with `reason`. Only the first counts. */
  close(reason: Error): void;
}

/** The part of AbortSignal that is used; spelled out because this code runs where DOM types are not at hand. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * An error on the other side that is a bug there, with that side's stack. What the user can mend arrives as the
 * UserError that it was.
 */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly kind = 'bug';

  constructor(message: string, remoteStack: string) {
    super(message);
    this.stack = remoteStack;
  }
}

/** How an error travels. */
export interface ErrorRecord {
  readonly kind: 'user' | 'bug';
  readonly message: string;
  readonly remedy: string | null;
  readonly stack: string;
}

type Message =
  | { readonly rpc: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly rpc: 'result'; readonly id: number; readonly value: unknown }
  | { readonly rpc: 'error'; readonly id: number; readonly error: ErrorRecord }
  | { readonly rpc: 'event'; readonly name: string; readonly args: readonly unknown[] };

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * The calling end of `channel`. Events that `events` has no method for are dropped. `firstId`: another for each caller that the
 * same channel has had, so that an answer to one before is not taken for its own.
 */
export function connectRpc<Calls extends CallTable<Calls>, Events extends EventTable<Events>>(
  channel: MessageChannel,
  events: Partial<Events>,
  firstId = 1,
): RpcClient<Calls> {
  const pending = new Map<number, PendingCall>();
  let nextId = firstId;
  let closedBy: Error | undefined;

  channel.onMessage((raw) => {
    const message = parseMessage(raw);
    if (message === undefined) return;
    switch (message.rpc) {
      case 'result':
        settle(message.id)?.resolve(message.value);
        break;
      case 'error':
        settle(message.id)?.reject(reviveError(message.error));
        break;
      case 'event':
        methodOf(events, message.name)?.(...message.args);
        break;
      case 'call': // Meant for a server on the same channel.
        break;
    }
  });

  function settle(id: number): PendingCall | undefined {
    const call = pending.get(id);
    pending.delete(id);
    return call;
  }

  function call(name: string, args: readonly unknown[], signal: AbortSignalLike | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (closedBy) return reject(closedBy);
      if (signal?.aborted) return reject(abortReason(signal));
      const id = nextId++;
      const onAbort = () => settle(id)?.reject(abortReason(signal));
      const release = () => signal?.removeEventListener('abort', onAbort);
      signal?.addEventListener('abort', onAbort);
      pending.set(id, {
        resolve: (value) => (release(), resolve(value)),
        reject: (error) => (release(), reject(error)),
      });
      try {
        channel.post({ rpc: 'call', id, name, args } satisfies Message);
      } catch (error) {
        settle(id)?.reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  const table = (signal?: AbortSignalLike): Calls =>
    new Proxy({} as Calls, {
      get: (_, name) =>
        // `then`: a table that is awaited by mistake or returned from an async function must not look like a promise.
        typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => call(name, args, signal) : undefined,
    });

  return {
    calls: table(),
    abortable: (signal) => table(signal),
    close(reason) {
      closedBy ??= reason;
      const open = [...pending.values()];
      pending.clear();
      for (const call of open) call.reject(closedBy);
    },
  };
}

/** The serving end of `channel`: answers calls with the methods of `handlers`; returns what tells events. */
export function serveRpc<Calls extends CallTable<Calls>, Events extends EventTable<Events>>(
  channel: MessageChannel,
  handlers: Calls,
): Events {
  channel.onMessage((raw) => {
    const message = parseMessage(raw);
    if (message?.rpc === 'call') void answer(message.id, message.name, message.args);
  });

  async function answer(id: number, name: string, args: readonly unknown[]): Promise<void> {
    let reply: Message;
    try {
      const method = methodOf(handlers, name);
      if (!method) throw new Error(`No such call: ${name}`);
      reply = { rpc: 'result', id, value: await method(...args) };
    } catch (error) {
      reply = { rpc: 'error', id, error: recordError(error) };
    }
    try {
      channel.post(reply);
    } catch (error) {
      // A result that the channel can't carry (a function in it): the caller must hear of it all the same.
      channel.post({ rpc: 'error', id, error: recordError(error) } satisfies Message);
    }
  }

  return new Proxy({} as Events, {
    get: (_, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...args: unknown[]) => channel.post({ rpc: 'event', name, args } satisfies Message)
        : undefined,
  });
}

export function recordError(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { kind: 'bug', message: String(error), remedy: null, stack: String(error) };
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  if (error instanceof UserError) return { kind: 'user', message: error.message, remedy: error.remedy ?? null, stack };
  return { kind: 'bug', message: error.message, remedy: null, stack };
}

export function reviveError(record: ErrorRecord): Error {
  if (record.kind === 'bug') return new RemoteError(record.message, record.stack);
  const error = new UserError(record.message, record.remedy ?? undefined);
  error.stack = record.stack;
  return error;
}

function abortReason(signal: AbortSignalLike | undefined): Error {
  const reason = signal?.reason;
  return reason instanceof Error ? reason : new Error(`Aborted: ${String(reason)}`);
}

function methodOf(table: object, name: string): ((...args: unknown[]) => unknown) | undefined {
  const method: unknown = (table as Record<string, unknown>)[name];
  if (typeof method !== 'function' || name in Object.prototype) return undefined;
  return (...args) => Reflect.apply(method, table, args) as unknown;
}

/** Undefined for whatever else goes over the channel. */
function parseMessage(raw: unknown): Message | undefined {
  if (typeof raw !== 'object' || raw === null || !('rpc' in raw)) return undefined;
  const message = raw as Record<string, unknown>;
  const hasId = typeof message.id === 'number';
  const hasCall = typeof message.name === 'string' && Array.isArray(message.args);
  switch (message.rpc) {
    case 'call':
      return hasId && hasCall ? (raw as Message) : undefined;
    case 'event':
      return hasCall ? (raw as Message) : undefined;
    case 'result':
      return hasId ? (raw as Message) : undefined;
    case 'error':
      return hasId && typeof message.error === 'object' && message.error !== null ? (raw as Message) : undefined;
    default:
      return undefined;
  }
}
