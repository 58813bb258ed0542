import type { OpDefinition } from '../op';
import { gatherImages } from './gather-images';
import { mixImages } from './mix-images';

/** What training adds before a model; no model's code has it. */
export const dataOps: readonly OpDefinition[] = [gatherImages, mixImages];
