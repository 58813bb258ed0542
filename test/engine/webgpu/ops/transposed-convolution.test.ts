import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('transposed-convolution');
