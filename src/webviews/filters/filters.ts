import '../shared/controls.css';
import '../shared/inspection.css';
import './filters.css';
import { panelRoot } from '../shared/panel-root';
import { FiltersPanel } from './filters-panel';

new FiltersPanel(panelRoot()).start();
