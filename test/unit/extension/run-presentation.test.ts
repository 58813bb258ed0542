import { describe, expect, it } from 'vitest';
import {
  configurationRows,
  describeRun,
  formatDuration,
  metricRows,
  runTooltip,
  statusIcon,
  summarizeRun,
} from '../../../src/extension/runs/run-presentation';
import { libraryRun, runRecord } from './run-record';

const run = libraryRun('/runs/a');
const live = { epoch: 2.25, epochs: 10, trainLoss: 0.123456, imagesPerSecond: 5230.4 };

describe('a run in words', () => {
  it('tells the test accuracy and the epoch', () => {
    expect(describeRun(run)).toBe('97.0 % · epoch 10/10');
  });

  it('tells the best validation accuracy where there is no test yet, and nothing before the first epoch', () => {
    expect(describeRun(libraryRun('/a', { ...runRecord, test: null, epochsDone: 8 }))).toBe('98.1 % · epoch 8/10');
    const fresh = { ...runRecord, test: null, bestValAccuracy: null, epochsDone: 0 };
    expect(describeRun(libraryRun('/a', fresh))).toBe('epoch 0/10');
  });

  it('follows a training that is under way', () => {
    expect(describeRun(libraryRun('/a', { ...runRecord, test: null, status: 'running' }), live)).toBe(
      '98.1 % · epoch 2.3/10 · loss 0.1235',
    );
    expect(metricRows(runRecord, live)).toContainEqual({ label: 'Speed', value: '5,230 images/s' });
  });

  it('tells a run whose run.json is damaged', () => {
    const damaged = { ...run, record: undefined, status: 'failed' as const, failure: 'run.json is damaged: x' };
    expect(describeRun(damaged)).toBe('damaged');
    expect(runTooltip(damaged)).toContain('run\\.json is damaged: x');
  });

  it('summarises it in a line', () => {
    expect(summarizeRun(runRecord)).toBe('lenet.py:LeNet · digits · Adam 0.001 · batch 64');
  });

  it('lists its configuration and its metrics', () => {
    const rows = Object.fromEntries(configurationRows(runRecord).map(({ label, value }) => [label, value]));
    expect(rows).toMatchObject({
      Model: 'lenet.py:LeNet',
      Input: '1 × 28 × 28',
      Parameters: '61,706',
      Images: '3,600 train, 400 val, 1,000 test',
      Optimizer: 'Adam',
      Schedule: 'constant',
      'Early stopping': 'off',
      Device: 'CPU, 1 thread',
    });
    const metrics = Object.fromEntries(metricRows(runRecord).map(({ label, value }) => [label, value]));
    expect(metrics).toEqual({
      Epoch: '10 of 10',
      'Best epoch': '8',
      'Validation accuracy': '98.1 %',
      'Test accuracy': '97.0 %',
      'Test loss': '0.08120',
      'Training time': '1 min 15 s',
    });
  });

  it('keeps names from becoming Markdown', () => {
    const named = { ...run, name: '<b>*x*</b> [a](command:b)' };
    expect(runTooltip(named)).toContain('\\<b\\>\\*x\\*\\</b\\> \\[a\\]\\(command:b\\)');
    expect(runTooltip(named)).not.toContain('](command');
  });

  it('has an icon for every state', () => {
    expect(statusIcon('running').icon).toBe('sync~spin');
    expect(new Set((['running', 'completed', 'stopped', 'failed'] as const).map((s) => statusIcon(s).icon)).size).toBe(
      4,
    );
  });

  it('writes durations as people do', () => {
    expect([0.42, 12.4, 59.6, 75, 3700].map(formatDuration)).toEqual([
      '0.4 s',
      '12 s',
      '1 min 0 s',
      '1 min 15 s',
      '1 h 1 min',
    ]);
  });
});
