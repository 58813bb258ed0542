import { expect, test } from 'vitest';
import { encodeNpy } from '../../../src/core/formats/npy';

/** What numpy.save of NumPy 2.4.6 wrote of the same arrays. */
test.each([
  [
    [2, 1, 3],
    [-1.5, -0.5, 0.5, 1.5, 2.5, 3.5],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDEsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMC/AAAAvwAAAD8AAMA/AAAgQAAAYEA=',
  ],
  [
    [4],
    [1.25, -2, 3e-8, 4],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAKA/AAAAwFnZADMAAIBA',
  ],
])('an array of %j is the file that NumPy writes', (shape, values, expected) => {
  expect(Buffer.from(encodeNpy(shape, Float32Array.from(values))).toString('base64')).toBe(expected);
});
