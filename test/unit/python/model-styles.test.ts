import { compareWithTorch } from './compare-with-torch';

compareWithTorch('test/fixtures/python/models', 'model-styles.json');
