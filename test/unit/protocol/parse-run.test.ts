import { describe, expect, test } from 'vitest';
import { parseMetrics, parseRunRecord } from '../../../src/protocol/parse-run';
import { epochLine, runRecord, stepLine } from '../../support/run-records';

describe('run.json', () => {
  test('is read back as it was written', () => {
    const record = runRecord();
    expect(parseRunRecord(JSON.stringify(record))).toEqual({ ok: true, record });
  });

  test.each([
    ['', /run\.json is damaged/],
    ['{"formatVersion":1,"id":"a"', /run\.json is damaged/],
    ['null', /the whole/],
    ['[]', /run\.json is damaged/],
    [JSON.stringify({ ...runRecord(), status: 'dreaming' }), /status/],
    [JSON.stringify({ ...runRecord(), formatVersion: 2 }), /formatVersion/],
    [JSON.stringify({ ...runRecord(), config: { epochs: -1 } }), /number of epochs .* not -1/],
    [JSON.stringify({ ...runRecord(), data: undefined }), /data/],
  ])('that is damaged says so: %.40s', (text, reason) => {
    const parsed = parseRunRecord(text);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.reason).toMatch(reason);
  });

  test('keeps what a test that diverged could not be', () => {
    const text = JSON.stringify(runRecord({ test: { loss: Number.NaN, accuracy: 0.1, count: 10 } }));
    const parsed = parseRunRecord(text);
    expect(parsed.ok && parsed.record.test).toEqual({ loss: Number.NaN, accuracy: 0.1, count: 10 });
  });
});

describe('metrics.jsonl', () => {
  const step = stepLine({ step: 3 });
  const epoch = epochLine({ epoch: 1 });

  test('is read line by line', () => {
    expect(parseMetrics(`${JSON.stringify(step)}\n${JSON.stringify(epoch)}\n`)).toEqual({
      lines: [step, epoch],
      skipped: 0,
    });
  });

  test('a torn last line is dropped, wherever it is torn', () => {
    const whole = `${JSON.stringify(step)}\n`;
    const last = JSON.stringify(epoch);
    for (let length = 0; length <= last.length; length++) {
      expect(parseMetrics(whole + last.slice(0, length))).toEqual({ lines: [step], skipped: 0 });
    }
  });

  test('bad lines in the middle are skipped and counted', () => {
    const text = [JSON.stringify(step), '{"kind":"step","st', '', '{"kind":"other"}', JSON.stringify(epoch), ''].join(
      '\n',
    );
    expect(parseMetrics(text)).toEqual({ lines: [step, epoch], skipped: 2 });
  });

  test('a loss that is no number survives JSON', () => {
    const { lines } = parseMetrics(`${JSON.stringify(stepLine({ trainLoss: Number.NaN }))}\n`);
    expect(lines[0]?.trainLoss).toBeNaN();
  });
});
