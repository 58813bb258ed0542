import { describeOpCases } from '../describe-op-cases';

describeOpCases('matrix_functions');
