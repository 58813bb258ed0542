import { afterEach, expect, test } from 'vitest';
import { helperEnvironment } from '../../../src/node/helper-environment';

const before = process.env['GLIBC_TUNABLES'];
afterEach(() => {
  if (before === undefined) delete process.env['GLIBC_TUNABLES'];
  else process.env['GLIBC_TUNABLES'] = before;
});

test.runIf(process.platform === 'linux')(
  'large pages are asked for, beside what the user asks for, and not against it',
  () => {
    const asked = (tunables: string) => {
      process.env['GLIBC_TUNABLES'] = tunables;
      return helperEnvironment()['GLIBC_TUNABLES'];
    };
    expect(asked('')).toBe('glibc.malloc.hugetlb=1');
    expect(asked('glibc.malloc.check=3')).toBe('glibc.malloc.check=3:glibc.malloc.hugetlb=1');
    expect(asked('glibc.malloc.hugetlb=0')).toBe('glibc.malloc.hugetlb=0');
  },
);
