import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('generated');
