import { expect, test } from 'vitest';
import { predictionsCsv } from '../../../src/core/inspect/predictions-csv';

test('predictions are a table, one line for each image, quoted where it must be', () => {
  const top = [
    { label: 'cat', probability: 0.7512345678 },
    { label: 'a "dog", big', probability: 0.25 },
  ];
  const csv = predictionsCsv(
    [
      { image: '/a, b.png', top, error: null },
      { image: '/c.png', top: [], error: 'it is empty' },
    ],
    2,
  );
  expect(csv.split('\n')).toEqual([
    'image,class,probability,class2,probability2,error',
    '"/a, b.png",cat,0.751235,"a ""dog"", big",0.25,',
    '/c.png,,,,,it is empty',
    '',
  ]);
});
