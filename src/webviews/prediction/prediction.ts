import '../shared/controls.css';
import '../shared/inspection.css';
import '../shared/sortable-table.css';
import './prediction.css';
import { panelRoot } from '../shared/panel-root';
import { PredictionPanel } from './prediction-panel';

new PredictionPanel(panelRoot()).start();
