import { compareWithTorch } from './compare-with-torch';

compareWithTorch('samples/models', 'zoo-shapes.json');
