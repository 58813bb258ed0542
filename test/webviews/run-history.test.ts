import { describe, expect, test } from 'vitest';
import { RunHistory } from '../../src/webviews/curves/run-history';
import { makeRun, upToStep } from './made-runs';

const run = makeRun({ id: 'run', epochs: 4, stepsPerEpoch: 100, logEvery: 10 });

describe('the history of a run', () => {
  test('is the same from one snapshot and from a snapshot with increments', () => {
    const history = new RunHistory(upToStep(run, 150));
    history.append({
      ...run,
      steps: run.steps.filter(({ step }) => step > 150),
      epochs: run.epochs.filter(({ step }) => step > 150),
    });
    const whole = new RunHistory(run);
    expect(history.steps).toEqual(whole.steps);
    expect(history.epochs).toEqual(whole.epochs);
    expect([...history.stepLosses()]).toEqual([...whole.stepLosses()]);
    expect([...history.smoothedStepLosses(0.8)]).toEqual([...whole.smoothedStepLosses(0.8)]);
  });

  test('goes back to the checkpoint that a resumed run goes on from', () => {
    const killed = upToStep(run, 250);
    const history = new RunHistory(killed);
    history.smoothedStepLosses(0.8);
    // Resumed after epoch 2: steps 210 … 250 are done a second time.
    const again = run.steps
      .filter(({ step }) => step > 200)
      .map((step) => ({ ...step, trainLoss: step.trainLoss + 1 }));
    history.append({ ...run, steps: again, epochs: run.epochs.slice(2) });
    expect(history.steps.map(({ step }) => step)).toEqual(run.steps.map(({ step }) => step));
    expect(history.steps.find(({ step }) => step === 220)?.trainLoss).toBe(again[1]?.trainLoss);
    expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect([...history.smoothedStepLosses(0.8)]).toEqual([
      ...new RunHistory({ ...run, steps: history.steps }).smoothedStepLosses(0.8),
    ]);
  });

  test('does not double lines that are sent again', () => {
    const history = new RunHistory(run);
    history.append(run);
    expect(history.steps).toEqual(run.steps);
    expect(history.epochs).toEqual(run.epochs);
  });

  test('places steps in time by the seconds of their epoch', () => {
    const [first, second] = run.epochs;
    if (!first || !second) throw new Error('The made run has four epochs.');
    const timed = {
      ...upToStep(run, 250),
      epochs: [
        { ...first, seconds: 10 },
        { ...second, seconds: 20 },
      ],
    };
    const history = new RunHistory(timed);
    const at = (step: number): number | undefined =>
      history.stepX('time')[history.steps.findIndex((s) => s.step === step)];
    expect(at(50)).toBeCloseTo(5);
    expect(at(100)).toBeCloseTo(10);
    expect(at(150)).toBeCloseTo(20);
    expect(at(250)).toBeCloseTo(40); // Third epoch, not done: at the pace of the second.
    expect([...history.epochX('time')]).toEqual([10, 30]);
    expect([...new RunHistory(upToStep(run, 50)).stepX('time')].every(Number.isNaN)).toBe(true);
  });
});
