import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('convolution_1d_3d');
