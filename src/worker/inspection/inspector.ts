import { UserError } from '../../core/errors';
import type { InspectionCalls, InspectionEvents } from '../../protocol/inspection';
import type { MessageChannel } from '../../protocol/rpc';
import { serveRpc } from '../../protocol/rpc';
import type { WorkerEvents } from '../../protocol/worker';
import { openCpu } from '../open-engine';
import { describeSubject, listCheckpoints, receptiveFieldTable } from './describe-subject';
import { effectiveField } from './effective-field';
import { explainUnit } from './explain-unit';
import { featureMaps } from './feature-maps';
import { filterActivity, filters } from './filters';
import { gradCam, occlusion } from './heat-maps';
import { maximize } from './maximize';
import { loadNetworkImage } from './network-image';
import { predict, predictFiles, scores } from './predictions';
import { Subjects } from './subjects';
import { Tasks } from './tasks';
import { topImages } from './top-images';

/*
 * The inspection process: looks into models for the host that forked it, one call after the other, and ends with it.
 */
if (!process.send) {
  process.stderr.write('This is the inspection process of CNN Lab; it is started by cnn-lab and by the extension.\n');
  process.exit(2);
}
process.once('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
// Ctrl+C reaches every process of the terminal; what it means is the host's to say.
process.on('SIGINT', () => undefined);

const channel: MessageChannel = {
  post(message) {
    if (process.connected) process.send?.(message);
  },
  onMessage: (listener) => void process.on('message', listener),
};

/** Opened when it is first needed: a description of checkpoints needs none. */
let subjects: Promise<Subjects> | undefined;
/** The end of the last call: they work with one device, so they come one after the other. */
let latest: Promise<unknown> = Promise.resolve();

const calls: InspectionCalls = {
  describe: (subject) => inTurn((all) => describeSubject(all, subject)),
  checkpoints: (runFolder) => listCheckpoints(runFolder),
  filters: (request) => inTurn((all) => filters(all, request)),
  filterActivity: (request) => longCall(request.task, (all, running) => filterActivity(all, request, running)),
  image: ({ subject, image }) =>
    inTurn(async (all) => loadNetworkImage(all, subject, (await all.use(subject)).opened, image)),
  featureMaps: (request) => inTurn((all) => featureMaps(all, request)),
  explainUnit: (request) => inTurn((all) => explainUnit(all, request)),
  receptiveFields: (subject) => inTurn((all) => receptiveFieldTable(all, subject)),
  effectiveField: (request) => longCall(request.task, (all, running) => effectiveField(all, request, running)),
  predict: (request) => inTurn((all) => predict(all, request)),
  gradCam: (request) => inTurn((all) => gradCam(all, request)),
  occlusion: (request) => longCall(request.task, (all, running) => occlusion(all, request, running)),
  scores: (request) => longCall(request.task, (all, running) => scores(all, request, running)),
  predictFiles: (request) => longCall(request.task, (all, running) => predictFiles(all, request, running)),
  maximize: (request) => longCall(request.task, (all, running) => maximize(all, request, running)),
  topImages: (request) => longCall(request.task, (all, running) => topImages(all, request, running)),
  cancel(task) {
    tasks.cancel(task);
    return Promise.resolve();
  },
};
const events = serveRpc<InspectionCalls, InspectionEvents>(channel, calls);
const tasks = new Tasks(events);

function inTurn<Result>(work: (subjects: Subjects) => Promise<Result>): Promise<Result> {
  const result = latest.then(async () => {
    subjects ??= openSubjects();
    return work(await subjects);
  });
  latest = result.catch(() => undefined);
  return result;
}

function longCall<Result>(
  task: number,
  work: (subjects: Subjects, running: Parameters<Parameters<Tasks['run']>[1]>[0]) => Promise<Result>,
): Promise<Result> {
  return inTurn((all) => tasks.run(task, (running) => work(all, running)));
}

async function openSubjects(): Promise<Subjects> {
  try {
    const engine = await openCpu(null, { assets: __dirname });
    const silent: WorkerEvents = {
      runStarted: () => undefined,
      dataProgress: () => undefined,
      step: () => undefined,
      epoch: () => undefined,
      warning: () => undefined,
      note: () => undefined,
    };
    return new Subjects(engine, { events: silent, signal: new AbortController().signal, assets: __dirname });
  } catch (error) {
    subjects = undefined;
    throw error instanceof Error ? error : new UserError(String(error));
  }
}
