import '../shared/controls.css';
import '../shared/inspection.css';
import './kernel-playground.css';
import { panelRoot } from '../shared/panel-root';
import { KernelPlaygroundPanel } from './kernel-playground-panel';

new KernelPlaygroundPanel(panelRoot()).start();
