import '../shared/controls.css';
import '../shared/inspection.css';
import './class-view.css';
import { panelRoot } from '../shared/panel-root';
import { ClassViewPanel } from './class-view-panel';

new ClassViewPanel(panelRoot()).start();
