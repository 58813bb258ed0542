import { compareAnalyses } from './compare-analysis';
import { compareWithTorch } from './compare-with-torch';

compareWithTorch('test/fixtures/python/models', 'model-styles.json');

compareAnalyses('test/fixtures/python/styles', 'model-styles-more.json');
