import { describeOpCases } from '../describe-op-cases';

describeOpCases('convolution_1d_3d');
