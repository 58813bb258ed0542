import { describeOpCases } from '../describe-op-cases';

describeOpCases('class_loss');
