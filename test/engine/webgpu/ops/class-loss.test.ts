import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('class_loss');
