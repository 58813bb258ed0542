import { expect, it } from 'vitest';
import { classMetrics } from '../../../src/core/inspect/class-metrics';
import { labelConfusions, multiLabelMetrics } from '../../../src/core/inspect/score-metrics';
import { evaluationReport } from '../../../src/extension/commands/evaluation-report';

it('tells accuracy, recall, precision and the confusion matrix', () => {
  // Of 6 cats 5 are recognised; of 4 dogs 3.
  const confusion = new Int32Array([5, 1, 1, 3]);
  const report = evaluationReport('LeNet | digits', {
    head: 'multi-class',
    views: { kind: 'flip' },
    f1: 0.79167,
    split: 'test',
    loss: 0.25,
    accuracy: 0.8,
    count: 10,
    classes: ['cat', 'dog_s'],
    confusion,
    perClass: classMetrics(confusion, 2).map((metrics) => ({ ...metrics, rocAuc: 0.91, averagePrecision: NaN })),
  });
  expect(report).toContain('# LeNet \\| digits: test images');
  expect(report).toContain('**80.0 %** of 10 images');
  expect(report).toContain('Over all classes: F1 0.7917.');
  expect(report).toContain('(flip)');
  expect(report).toContain('| cat | 6 | 83.3 % | 83.3 % | 0.8333 | 0.9100 | – |');
  expect(report).toContain('| dog\\_s | 4 | 75.0 % | 75.0 % |');
  expect(report).toContain('| **cat** | **5** | 1 |');
  expect(report).toContain('| **dog\\_s** | 1 | **3** |');
});

it('tells of images of several classes what was found of each', () => {
  const labelSets = Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 1);
  const probabilities = Float32Array.of(0.9, 0.2, 0.7, 0.4, 0.6, 0.1, 0.2, 0.8);
  const report = evaluationReport('Scenes', {
    ...{ split: 'val', loss: 0.5, accuracy: 0.5, labelAccuracy: 0.75, count: 4, classes: ['sky', 'sea'] },
    ...{ head: 'multi-label', views: { kind: 'none' }, confusion: new Int32Array() },
    labelConfusions: labelConfusions(labelSets, probabilities, 2),
    perClass: multiLabelMetrics(labelSets, probabilities, 2).classes,
  });
  expect(report).toContain('mean binary cross-entropy 0.5000. An image counts where all of its classes are found');
  expect(report).toContain('accuracy of single labels 75.0 %');
  expect(report).toContain('| sky | 2 | 0 | 1 | 1 |');
  expect(report).toContain('| sea | 1 | 1 | 0 | 2 |');
});
