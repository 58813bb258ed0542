import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('matrix_functions');
