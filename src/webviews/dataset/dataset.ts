import '../shared/controls.css';
import '../shared/inspection.css';
import './dataset.css';
import { panelRoot } from '../shared/panel-root';
import { DatasetPanel } from './dataset-panel';

new DatasetPanel(panelRoot()).start();
