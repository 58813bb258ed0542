import type { MessageChannel } from '../protocol/rpc';

/**
 * The channel to the host that forked this process, which ends with it. `title`: what this is, for someone who starts it by
 * hand: `the inspection process`.
 */
export function openHostChannel(title: string): MessageChannel {
  if (!process.send) {
    process.stderr.write(`This is ${title} of CNN Lab; it is started by cnn-lab and by the extension.\n`);
    process.exit(2);
  }
  process.once('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  // Ctrl+C reaches every process of the terminal; what it means is the host's to say.
  process.on('SIGINT', () => undefined);
  return {
    post(message) {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
  };
}
