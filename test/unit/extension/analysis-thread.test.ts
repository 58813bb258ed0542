import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { AnalysisThread, SupersededError } from '../../../src/extension/analysis/analysis-thread';
import type { AnalysisRequest } from '../../../src/protocol/analysis';

/** A thread that does what a text says; the file's path comes back, and how many texts it has answered. */
const script = `
const { parentPort } = require('node:worker_threads');
let answered = 0;
parentPort.on('message', ({ id, args: [{ file }] }) => {
  if (file.text === 'throw') throw new Error('broken');
  if (file.text === 'exit') process.exit(3);
  if (file.text === 'hang') for (;;);
  const analysis = { file: file.file, answered: ++answered, models: [] };
  const rest = JSON.stringify({ analysis, syntaxErrors: 0, warnings: [] });
  parentPort.postMessage({ rpc: 'result', id, value: { rest, lists: [] } });
});
`;
const folder = mkdtempSync(join(tmpdir(), 'cnn-lab-analysis-thread-'));
const file = join(folder, 'thread.cjs');
writeFileSync(file, script);

describe('the analysis thread, as its host sees it', () => {
  const threads: AnalysisThread[] = [];
  const warnings: string[] = [];

  function start(limitMs?: number): AnalysisThread {
    const thread = new AnalysisThread({
      script: file,
      warn: (message) => warnings.push(message),
      ...(limitMs === undefined ? {} : { limitMs }),
    });
    threads.push(thread);
    return thread;
  }

  afterEach(async () => {
    for (const thread of threads.splice(0)) await thread.dispose();
    warnings.length = 0;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('answers', async () => {
    const { analysis } = await start().analyze('a', request('a'));
    expect(analysis.file).toBe('a');
  });

  it('does of several requests for one text only the newest', async () => {
    const thread = start();
    const running = thread.analyze('a', request('first'));
    const superseded = thread.analyze('a', request('second'));
    const newest = thread.analyze('a', request('third'));
    await expect(superseded).rejects.toBeInstanceOf(SupersededError);
    expect((await running).analysis.file).toBe('first');
    expect((await newest).analysis).toMatchObject({ file: 'third', answered: 2 });
  });

  it('takes the newest text first', async () => {
    const thread = start();
    const order: string[] = [];
    const asked = ['a', 'b', 'c'].map((key) => thread.analyze(key, request(key)).then(() => order.push(key)));
    await Promise.all(asked);
    expect(order).toEqual(['a', 'c', 'b']);
  });

  it.each(['throw', 'exit'])('is made again after a crash by %s', async (text) => {
    const thread = start();
    await expect(thread.analyze('a', request('a', text))).rejects.toThrow(
      text === 'throw' ? 'ended unexpectedly (broken)' : 'ended unexpectedly (exit code 3)',
    );
    expect(warnings).toHaveLength(1);
    const { analysis } = await thread.analyze('a', request('a'));
    expect(analysis).toMatchObject({ file: 'a', answered: 1 });
  });

  it('is not made again where it crashes every time', async () => {
    const thread = start();
    for (let crash = 0; crash < 4; crash++) {
      await expect(thread.analyze('a', request('a', 'exit'))).rejects.toThrow('exit code 3');
    }
    await expect(thread.analyze('b', request('b'))).rejects.toThrow('ended 4 times in a row');
    expect(warnings).toHaveLength(4);
  });

  it('ends what takes too long, and goes on with the next', async () => {
    const thread = start(1500);
    await expect(thread.analyze('a', request('a', 'hang'))).rejects.toThrow('ended unexpectedly');
    expect(warnings[0]).toBe('The analysis of a took longer than 1500 ms, and was ended.');
    expect((await thread.analyze('a', request('a'))).analysis.file).toBe('a');
  });

  it('leaves nothing waiting when it is disposed of', async () => {
    const thread = start();
    const running = thread.analyze('a', request('a', 'hang'));
    const waiting = thread.analyze('b', request('b'));
    const outcomes = Promise.allSettled([running, waiting]);
    await thread.dispose();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(thread.analyze('c', request('c'))).rejects.toThrow('has ended');
    expect(warnings).toEqual([]);
  });
});

function request(name: string, text = ''): AnalysisRequest {
  return {
    file: { file: name, text, language: 'python', target: null, inputs: {}, classCounts: {} },
    unsaved: {},
  };
}
