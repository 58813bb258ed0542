import { describe, expect, it } from 'vitest';
import { parseCurvesMessage } from '../../../src/extension/panels/parse-curves-message';

describe('messages of the curves panel', () => {
  it('are read', () => {
    const messages = [
      { type: 'ready' },
      { type: 'show', runs: ['a', 'b'] },
      { type: 'save', suggestedName: 'curves.csv', content: 'a,b' },
      { type: 'save', suggestedName: 'curves.png', content: new Uint8Array([1]) },
      { type: 'openRun', run: 'a' },
    ];
    expect(messages.map(parseCurvesMessage)).toEqual(messages);
  });

  it('are dropped where they are none', () => {
    const others = [undefined, 'ready', {}, { type: 'show' }, { type: 'save', suggestedName: 1 }, { type: 'x' }];
    expect(others.map(parseCurvesMessage)).toEqual(others.map(() => undefined));
  });
});
