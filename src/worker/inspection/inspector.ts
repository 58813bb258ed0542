import { UserError } from '../../core/errors';
import type { InspectionCalls, InspectionEvents, Task } from '../../protocol/inspection';
import { parseInspectionRequest } from '../../protocol/parse-inspection';
import { serveRpc } from '../../protocol/rpc';
import type { WorkerEvents } from '../../protocol/worker';
import { openHostChannel } from '../host-channel';
import { openCpu } from '../open-engine';
import { decodeWholeImage } from './decode-whole-image';
import { describeSubject, listCheckpoints, receptiveFieldPaths, receptiveFieldTable } from './describe-subject';
import { effectiveField } from './effective-field';
import { explainUnit } from './explain-unit';
import { featureMaps } from './feature-maps';
import { filterActivity, filters } from './filters';
import { gradCam, occlusion } from './heat-maps';
import { maximize } from './maximize';
import { loadNetworkImage } from './network-image';
import { predict, predictFiles, scores } from './predictions';
import { Subjects } from './subjects';
import { Tasks, type RunningTask } from './tasks';
import { topImages } from './top-images';

/*
 * The inspection process: looks into models for the host that forked it, one call after the other, and ends with it.
 */
const channel = openHostChannel('the inspection process');

/** Opened when it is first needed: a description of checkpoints needs none. */
let subjects: Promise<Subjects> | undefined;
/** The end of the last call: they work with one device, so they come one after the other. */
let latest: Promise<unknown> = Promise.resolve();

/** What is asked for, as its type says, and only then. */
const calls: InspectionCalls = {
  describe: (raw) => inTurn((all) => describeSubject(all, parseInspectionRequest('describe', raw))),
  checkpoints: async (raw) => listCheckpoints(parseInspectionRequest('checkpoints', raw)),
  filters: (raw) => inTurn((all) => filters(all, parseInspectionRequest('filters', raw))),
  filterActivity: (raw) => longCall(parseInspectionRequest('filterActivity', raw), filterActivity),
  image: (raw) =>
    inTurn(async (all) => {
      const { subject, image } = parseInspectionRequest('image', raw);
      return loadNetworkImage(all, subject, (await all.use(subject)).opened, image);
    }),
  // It needs neither network nor device: nobody waits for it, and it waits for nobody.
  decodeImage: async (raw) => decodeWholeImage(parseInspectionRequest('decodeImage', raw)),
  featureMaps: (raw) => inTurn((all) => featureMaps(all, parseInspectionRequest('featureMaps', raw))),
  explainUnit: (raw) => inTurn((all) => explainUnit(all, parseInspectionRequest('explainUnit', raw))),
  receptiveFields: (raw) => inTurn((all) => receptiveFieldTable(all, parseInspectionRequest('receptiveFields', raw))),
  receptiveFieldPaths: (raw) =>
    inTurn((all) => receptiveFieldPaths(all, parseInspectionRequest('receptiveFieldPaths', raw))),
  effectiveField: (raw) => longCall(parseInspectionRequest('effectiveField', raw), effectiveField),
  predict: (raw) => inTurn((all) => predict(all, parseInspectionRequest('predict', raw))),
  gradCam: (raw) => inTurn((all) => gradCam(all, parseInspectionRequest('gradCam', raw))),
  occlusion: (raw) => longCall(parseInspectionRequest('occlusion', raw), occlusion),
  scores: (raw) => longCall(parseInspectionRequest('scores', raw), scores),
  predictFiles: (raw) => longCall(parseInspectionRequest('predictFiles', raw), predictFiles),
  maximize: (raw) => longCall(parseInspectionRequest('maximize', raw), maximize),
  topImages: (raw) => longCall(parseInspectionRequest('topImages', raw), topImages),
  cancel(raw) {
    tasks.cancel(parseInspectionRequest('cancel', raw));
    return Promise.resolve();
  },
};
const events = serveRpc<InspectionCalls, InspectionEvents>(channel, calls);
const tasks = new Tasks(events);

function inTurn<Result>(work: (subjects: Subjects) => Promise<Result>): Promise<Result> {
  const result = latest.then(async () => {
    subjects ??= openSubjects();
    const all = await subjects;
    await all.trim();
    return work(all);
  });
  latest = result.catch(() => undefined);
  return result;
}

function longCall<Request extends Task, Result>(
  request: Request,
  work: (subjects: Subjects, request: Request, running: RunningTask) => Promise<Result>,
): Promise<Result> {
  return inTurn((all) => tasks.run(request.task, (running) => work(all, request, running)));
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
      foldProgress: () => undefined,
    };
    return new Subjects(engine, { events: silent, signal: new AbortController().signal, assets: __dirname });
  } catch (error) {
    subjects = undefined;
    throw error instanceof Error ? error : new UserError(String(error));
  }
}
