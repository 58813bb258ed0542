import '../shared/controls.css';
import '../shared/inspection.css';
import '../shared/sortable-table.css';
import './confusion.css';
import { panelRoot } from '../shared/panel-root';
import { ConfusionPanel } from './confusion-panel';

new ConfusionPanel(panelRoot()).start();
