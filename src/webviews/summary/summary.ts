import '../shared/controls.css';
import './summary.css';
import type { FromSummaryPanel } from '../../protocol/summary-panel';
import { acquireVsCode } from '../shared/vscode-api';
import { parseMessage } from './parse-message';
import { SummaryPanel } from './summary-panel';

const root = document.getElementById('root');
if (!root) throw new Error('The document of the panel has no element #root.');
const vscode = acquireVsCode<FromSummaryPanel>();
const panel = new SummaryPanel(root, vscode);
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = parseMessage(data);
  if (message) panel.receive(message);
});
vscode.postMessage({ type: 'ready' });
