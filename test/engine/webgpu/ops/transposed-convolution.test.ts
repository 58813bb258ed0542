import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('transposed_convolution');
