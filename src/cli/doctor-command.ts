import { checkGpu } from '../node/gpu/check-gpu';
import { reportText } from '../node/gpu/report-text';
import { exitCodes } from './exit-codes';
import { createOutput } from './output';
import { runWorkerJob } from './run-worker-job';

export interface DoctorOptions {
  readonly json?: true;
}

/** `cnn-lab doctor`; the exit code is 0 where there is a GPU that can be used, 1 where there is none. */
export async function doctorCommand(options: DoctorOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const report = await checkGpu(
    (job) => runWorkerJob(output, {}, job),
    (doing) => {
      if (output.interactive) output.note(output.style.dim(`${doing}…`));
    },
  );
  output.event({ event: 'doctor', ...report });
  output.line(reportText(report));
  return report.usable ? exitCodes.done : exitCodes.failed;
}
