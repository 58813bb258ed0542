import { describe, expect, test } from 'vitest';
import { parseDistribution } from '../../../src/node/gpu/collect-system-facts';
import { parseLinkerCache } from '../../../src/node/gpu/find-library';
import { parseAdapterList } from '../../../src/worker/gpu/adapters';
import { isSoftwareAdapter } from '../../../src/worker/gpu/is-software-adapter';
import { explainLoadFailure } from '../../../src/worker/gpu/load-webgpu';
import { describeChoice, deviceIcon } from '../../../src/extension/train/describe-device';

describe('adapters', () => {
  test("are read from Dawn's list", () => {
    const text = `no suitable backends found
Available adapters:
 * backend: 'vulkan', name: 'NVIDIA GeForce RTX 4070'
 * backend: 'd3d12', name: 'Ada's GPU (TM)'`;
    expect(parseAdapterList(text)).toEqual([
      { backend: 'vulkan', name: 'NVIDIA GeForce RTX 4070' },
      { backend: 'd3d12', name: "Ada's GPU (TM)" },
    ]);
    expect(parseAdapterList('no suitable backends found')).toEqual([]);
  });

  test.each([
    ['SwiftShader Device (Subzero)', 'google', 'swiftshader', true],
    ['llvmpipe (LLVM 15.0.6, 256 bits)', 'mesa', '', true],
    ['Microsoft Basic Render Driver', 'microsoft', 'warp', true],
    ['NVIDIA H200', 'nvidia', 'hopper', false],
    ['AMD Radeon RX 7900 XTX (RADV NAVI31)', 'amd', 'rdna-3', false],
    ['Intel(R) Arc(TM) A770 Graphics (DG2)', 'intel', 'gen-12hp', false],
    ['Apple M2', 'apple', 'common-3', false],
  ])('%s: in software %s %s %s', (name, vendor, architecture, expected) => {
    const names = { name, vendor, architecture, driver: '' };
    expect(isSoftwareAdapter({ ...names, isFallbackAdapter: false })).toBe(expected);
    expect(isSoftwareAdapter({ ...names, isFallbackAdapter: true })).toBe(true);
  });
});

describe('a native module that does not load', () => {
  const failure = (code: string, message: string) => explainLoadFailure(Object.assign(new Error(message), { code }));

  test.each([
    ['ERR_MODULE_NOT_FOUND', "Cannot find package 'webgpu' imported from /x/worker.js", 'missing', /no GPU support/],
    [
      'MODULE_NOT_FOUND',
      "Cannot find module '/x/dist/linux-ia32/dawn.node'",
      'no-binary',
      /no GPU support for \w+-\w+/,
    ],
    [
      'ERR_DLOPEN_FAILED',
      "/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.38' not found (required by /x/dawn.node)",
      'broken',
      /C library has no GLIBC_2\.38/,
    ],
    [
      'ERR_DLOPEN_FAILED',
      'libX11-xcb.so.1: cannot open shared object file: No such file or directory',
      'broken',
      /needs the library libX11-xcb\.so\.1/,
    ],
    ['ERR_DLOPEN_FAILED', '/x/dawn.node: file too short', 'broken', /file too short/],
  ])('%s, %s', (code, message, problem, text) => {
    const error = failure(code, message);
    expect(error.problem).toBe(problem);
    expect(error.message).toMatch(text);
    expect(error.remedy).toMatch(/CPU/);
  });
});

describe('what a system says of itself', () => {
  test('its distribution', () => {
    const text = 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nID_LIKE="debian"\nVERSION_ID="24.04"\n';
    expect(parseDistribution(text)).toBe('ubuntu debian');
    expect(parseDistribution('')).toBe('');
  });

  test("the files in the linker's cache", () => {
    const text = `812 libs found in cache \`/etc/ld.so.cache'
	libvulkan.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libvulkan.so.1
	libvulkan.so.1 (libc6) => /lib/i386-linux-gnu/libvulkan.so.1
	libvulkan.so (libc6,x86-64) => /lib/x86_64-linux-gnu/libvulkan.so
`;
    expect(parseLinkerCache(text, 'libvulkan.so.1')).toEqual([
      '/lib/x86_64-linux-gnu/libvulkan.so.1',
      '/lib/i386-linux-gnu/libvulkan.so.1',
    ]);
  });
});

describe('the device in the form', () => {
  test('says what automatic comes to', () => {
    expect(describeChoice('auto', undefined)).toBe('automatic');
    expect(describeChoice('auto', { kind: 'cpu', reason: 'no GPU was found' })).toBe(
      'automatic: CPU (no GPU was found)',
    );
    expect(describeChoice('auto', { kind: 'gpu', name: 'Apple M2', checked: true })).toBe('automatic: GPU (Apple M2)');
    expect(describeChoice('auto', { kind: 'gpu', name: 'Apple M2', checked: false })).toContain('once it is checked');
    expect(describeChoice('gpu', { kind: 'gpu', name: 'Apple M2', checked: true })).toBe('GPU (Apple M2)');
    expect(describeChoice('cpu', undefined)).toBe('CPU');
  });

  test('has an icon of its own on a GPU', () => {
    expect(deviceIcon({ kind: 'wasm', description: 'CPU', threads: 2 })).toBe('chip');
    expect(deviceIcon({ kind: 'webgpu', description: 'GPU', threads: 1 })).toBe('circuit-board');
  });
});
