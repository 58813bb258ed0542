import '../shared/controls.css';
import '../shared/inspection.css';
import './receptive-field.css';
import { panelRoot } from '../shared/panel-root';
import { ReceptiveFieldPanel } from './receptive-field-panel';

new ReceptiveFieldPanel(panelRoot()).start();
