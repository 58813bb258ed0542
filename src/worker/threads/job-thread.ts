import { augmentation } from '../augment/augment-jobs';
import { decoding } from '../data/decode-jobs';
import { serveJobs } from './serve-jobs';

/** What the threads of all pools run: one that has decoded may augment afterwards. */
serveJobs({ augmentation, decoding });
