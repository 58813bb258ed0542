import { describeOpCases } from '../describe-op-cases';

describeOpCases('ctc_loss');
