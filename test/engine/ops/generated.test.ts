import { describeOpCases } from '../describe-op-cases';

describeOpCases('generated');
