import { describeOpCases } from '../describe-op-cases';

describeOpCases('pooling_norm');
