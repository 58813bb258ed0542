import { expect, it } from 'vitest';
import { evaluationReport } from '../../../src/extension/commands/evaluation-report';

it('tells accuracy, recall, precision and the confusion matrix', () => {
  const report = evaluationReport('LeNet | digits', {
    split: 'test',
    loss: 0.25,
    accuracy: 0.8,
    count: 10,
    classes: ['cat', 'dog_s'],
    // Of 6 cats 5 are recognised; of 4 dogs 3.
    confusion: new Int32Array([5, 1, 1, 3]),
  });
  expect(report).toContain('# LeNet \\| digits: test images');
  expect(report).toContain('**80.0 %** of 10 images');
  expect(report).toContain('| cat | 6 | 83.3 % | 83.3 % |');
  expect(report).toContain('| dog\\_s | 4 | 75.0 % | 75.0 % |');
  expect(report).toContain('| **cat** | **5** | 1 |');
  expect(report).toContain('| **dog\\_s** | 1 | **3** |');
});
