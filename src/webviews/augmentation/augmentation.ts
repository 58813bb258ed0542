import '../shared/controls.css';
import '../shared/inspection.css';
import './augmentation.css';
import { panelRoot } from '../shared/panel-root';
import { AugmentationPanel } from './augmentation-panel';

new AugmentationPanel(panelRoot()).start();
