import { describeGpuCases } from '../describe-gpu-cases';

describeGpuCases('ctc_loss');
