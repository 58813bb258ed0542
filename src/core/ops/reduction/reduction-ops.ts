import { channelSum } from './channel-sum';
import { countCorrect } from './count-correct';
import type { OpDefinition } from '../op';

export const reductionOps: readonly OpDefinition[] = [channelSum, countCorrect];
