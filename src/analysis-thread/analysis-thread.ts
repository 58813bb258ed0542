import { parentPort } from 'node:worker_threads';
import { analyzeFile } from '../core/analysis/analyze-file';
import type { ModelAnalysis } from '../core/analysis/model-analysis';
import { checkHead } from '../core/hints/check-head';
import { readImportedModule } from '../node/read-script-module';
import type { AnalysisAnswer, AnalysisCalls, AnalysisRequest } from '../protocol/analysis';
import { packAnswer } from '../protocol/pack-answer';
import { serveRpc, type MessageChannel } from '../protocol/rpc';
import { countSyntaxErrors } from './count-syntax-errors';

/* Entry of the analysis thread: reads the models of a file, so that the extension host is never kept waiting. */

function analyze({ file, unsaved }: AnalysisRequest): AnalysisAnswer {
  const analysis = analyzeFile(file, (name, fromFile) => {
    const found = readImportedModule(name, fromFile);
    return found && { file: found.file, text: unsaved[found.file] ?? found.text };
  });
  return {
    analysis: { ...analysis, models: analysis.models.map(withoutGraph) },
    syntaxErrors: countSyntaxErrors(file.text, file.language),
    warnings: checkHead(analysis, file),
  };
}

/** The host shows calls, not nodes: copying these would only keep it waiting. */
function withoutGraph(model: ModelAnalysis): ModelAnalysis {
  const { graph, ...shown } = model;
  return graph ? shown : model;
}

if (parentPort) {
  const port = parentPort;
  const channel: MessageChannel = {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
  };
  serveRpc<AnalysisCalls, Record<string, never>>(channel, {
    analyze: (request) => Promise.resolve(packAnswer(analyze(request))),
  });
}
