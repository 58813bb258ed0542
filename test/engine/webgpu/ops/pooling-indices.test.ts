import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('pooling-indices');
