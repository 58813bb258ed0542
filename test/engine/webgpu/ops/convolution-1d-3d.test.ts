import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('convolution-1d-3d');
