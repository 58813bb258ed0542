import { dropout, dropout2d, dropoutApply } from './dropout';
import type { OpDefinition } from '../op';

export const dropoutOps: readonly OpDefinition[] = [dropout, dropout2d, dropoutApply];
