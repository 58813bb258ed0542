import { compareLayers } from './compare-layers';

compareLayers('activation');
