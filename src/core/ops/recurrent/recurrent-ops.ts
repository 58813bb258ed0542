import type { OpDefinition } from '../op';
import { gru, lastCellState, lastHiddenState, lstm, rnn } from './recurrent';
import { gruCell, lstmCell, nextCellState, rnnCell } from './recurrent-cell';

export const recurrentOps: readonly OpDefinition[] = [
  gru,
  gruCell,
  lastCellState,
  lastHiddenState,
  lstm,
  lstmCell,
  nextCellState,
  rnn,
  rnnCell,
];
