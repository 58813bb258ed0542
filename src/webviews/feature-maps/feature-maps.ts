import '../shared/controls.css';
import '../shared/inspection.css';
import './feature-maps.css';
import { panelRoot } from '../shared/panel-root';
import { FeatureMapsPanel } from './feature-maps-panel';

new FeatureMapsPanel(panelRoot()).start();
