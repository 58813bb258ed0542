import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors';
import { traceForTraining } from '../../src/core/python/trace-model';
import { modelPlans } from '../../src/engine/model-plans';
import { explainFailure, installTensorflow } from '../../src/node/install-tensorflow';
import { findTensorflow, openTensorflow, tensorflowFolders } from '../../src/worker/load-tensorflow';

const folder = mkdtempSync(join(tmpdir(), 'cnn-lab-tensorflow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const silent = { events: { warning: () => undefined } as never };

test('without an installation the error says what to install, what that needs, and how', () => {
  const find = () => findTensorflow([folder]);
  expect(find).toThrow(UserError);
  expect(find).toThrow(folder);
  try {
    find();
  } catch (error) {
    const { remedy } = error as UserError;
    expect(remedy).toMatch(/Install TensorFlow Engine/);
    expect(remedy).toMatch(/npm install @tensorflow\/tfjs-node-gpu/);
    expect(remedy).toMatch(/CUDA 11/);
    expect(remedy).toMatch(/several hundred MB/i);
  }
});

test('folders that the host names go before the working directory', () => {
  expect(tensorflowFolders({})).toEqual([process.cwd()]);
  expect(
    tensorflowFolders({ CNN_LAB_TENSORFLOW_FOLDERS: ['/a', '/b'].join(process.platform === 'win32' ? ';' : ':') }),
  ).toEqual(['/a', '/b']);
});

test('a build that is installed in a named folder computes; the one for graphics cards is preferred', async () => {
  // Not the native builds, which would have to be downloaded, but the same interface: TensorFlow.js with its own CPU backend.
  const parts = ['tfjs-backend-cpu', 'tfjs-core/dist/register_all_gradients'].map(
    (name) => `import '@tensorflow/${name}';`,
  );
  const contents = [...parts, "export * from '@tensorflow/tfjs-core';"].join('\n');
  const makePackage = (name: string) =>
    build({
      stdin: { contents, resolveDir: process.cwd() },
      outfile: join(folder, 'node_modules', name, 'index.js'),
      bundle: true,
      // One build of its core for all parts.
      mainFields: ['module', 'main'],
      platform: 'node',
      logLevel: 'error',
    });
  await makePackage('@tensorflow/tfjs-node');
  expect(findTensorflow([tmpdir(), folder]).name).toBe('@tensorflow/tfjs-node');
  await makePackage('@tensorflow/tfjs-node-gpu');
  expect(findTensorflow([tmpdir(), folder]).name).toBe('@tensorflow/tfjs-node-gpu');

  process.env['CNN_LAB_TENSORFLOW_FOLDERS'] = folder;
  const warnings: string[] = [];
  const events = { warning: ({ message }: { message: string }) => warnings.push(message) };
  const engine = await openTensorflow({ events: events as never });
  delete process.env['CNN_LAB_TENSORFLOW_FOLDERS'];
  expect(engine.info.kind).toBe('tensorflow');
  expect(warnings.join()).toMatch(/no graphics card/);
  const file = 'test/fixtures/python/tiny_net.py';
  const { graph } = traceForTraining({
    file,
    text: readFileSync(file, 'utf8'),
    target: 'TinyNet',
    inputShape: ['N', 1, 6, 6],
  });
  const plans = modelPlans(graph);
  const session = await engine.createSession(plans.layout);
  const program = await session.compile(plans.evaluation(2));
  await program.run();
  // All weights are zero: ten classes are as likely.
  expect((await program.read('loss'))[0]).toBeCloseTo(Math.log(10), 5);
  await engine.dispose();
});

test('a package that cannot be loaded is no bug of ours, and its first line is told', async () => {
  const broken = join(folder, 'broken');
  const place = join(broken, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'index.js'), "throw new Error('libcudart.so.11.0: cannot open shared object file');");
  process.env['CNN_LAB_TENSORFLOW_FOLDERS'] = broken;
  const opening = openTensorflow(silent);
  await expect(opening).rejects.toThrow(UserError);
  await expect(opening).rejects.toThrow(/libcudart\.so\.11\.0/);
  delete process.env['CNN_LAB_TENSORFLOW_FOLDERS'];
});

test('a registry that cannot be reached is said to be offline, and nothing half installed stays', async () => {
  const place = join(folder, 'offline');
  const lines: string[] = [];
  const installing = installTensorflow({
    name: '@tensorflow/tfjs-node',
    folder: place,
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
    // Nobody listens there.
    npm: {
      command: 'npm',
      args: ['--registry=http://127.0.0.1:9', '--fetch-retries=0', `--cache=${join(folder, 'npm')}`],
    },
  });
  await expect(installing).rejects.toThrow(/could not be downloaded from 127\.0\.0\.1.*offline/);
  expect(lines.length).toBeGreaterThan(0);
  expect(() => readFileSync(join(place, 'node_modules'))).toThrow(/ENOENT/);
});

test('an installation that is cancelled ends with what it had started', async () => {
  const controller = new AbortController();
  const script = "console.log('begun'); setInterval(() => {}, 1000);";
  const installing = installTensorflow({
    name: '@tensorflow/tfjs-node',
    folder: join(folder, 'cancelled'),
    signal: controller.signal,
    onLine: () => controller.abort(new Error('cancelled')),
    npm: { command: process.execPath, args: ['-e', script, '--'] },
  });
  await expect(installing).rejects.toThrow('cancelled');
});

test('without npm the error says where it comes from; other failures tell npm’s last words', async () => {
  const missing = installTensorflow({
    name: '@tensorflow/tfjs-node',
    folder: join(folder, 'without-npm'),
    signal: new AbortController().signal,
    onLine: () => undefined,
    npm: { command: 'no-such-npm', args: [] },
  });
  await expect(missing).rejects.toThrow(/npm is not to be found/);
  const output = 'npm error code 1\nnpm error gyp ERR! find Python\n';
  expect(explainFailure('@tensorflow/tfjs-node', 1, output).message).toMatch(/gyp ERR! find Python/);
});
