import { describeOpCases } from '../describe-op-cases';

describeOpCases('transposed_convolution');
