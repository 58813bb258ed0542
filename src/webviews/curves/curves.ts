import 'uplot/dist/uPlot.min.css';
import '../shared/controls.css';
import './curves.css';
import type { FromCurvesPanel } from '../../protocol/curves-panel';
import { acquireVsCode } from '../shared/vscode-api';
import { CurvesPanel } from './curves-panel';
import { parseMessage } from './parse-message';

const root = document.getElementById('root');
if (!root) throw new Error('The document of the panel has no element #root.');
const vscode = acquireVsCode<FromCurvesPanel>();
const panel = new CurvesPanel(root, vscode);
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = parseMessage(data);
  if (message) panel.receive(message);
});
vscode.postMessage({ type: 'ready' });
