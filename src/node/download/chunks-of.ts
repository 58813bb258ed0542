import type { IncomingMessage } from 'node:http';

/**
 * The pieces of an answer as they come. Unlike the answer's own iterator it gives all that has come before an error: over a
 * bad line, what is lost at each cut may be all that came. To be called as soon as there is an answer: it listens at once.
 */
export function chunksOf(response: IncomingMessage): AsyncGenerator<Buffer, void> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let end: { readonly error: Error | undefined } | undefined;
  let wake = (): void => undefined;
  const finish = (error?: Error): void => {
    end ??= { error };
    wake();
  };
  response
    .on('data', (chunk: Buffer) => {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (waitingBytes > mostWaitingBytes) response.pause();
      wake();
    })
    .on('end', () => finish())
    .on('error', finish)
    .on('close', () => finish(new Error('ended the connection')));
  return (async function* () {
    for (;;) {
      const pieces = waiting;
      waiting = [];
      waitingBytes = 0;
      yield* pieces;
      if (waiting.length > 0) continue;
      if (end?.error) throw end.error;
      if (end) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        response.resume();
      });
    }
  })();
}

const mostWaitingBytes = 1 << 20;
