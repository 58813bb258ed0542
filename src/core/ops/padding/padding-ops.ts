import { circularPad } from './circular-pad';
import { constantPad } from './constant-pad';
import { padGrad } from './pad-grad';
import { reflectionPad } from './reflection-pad';
import { replicationPad } from './replication-pad';
import type { OpDefinition } from '../op';

export const paddingOps: readonly OpDefinition[] = [circularPad, constantPad, padGrad, reflectionPad, replicationPad];
