import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('pooling_indices');
