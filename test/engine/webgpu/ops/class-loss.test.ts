import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('class-loss');
