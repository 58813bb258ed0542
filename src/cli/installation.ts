import { join } from 'node:path';

/** Where the parts of CNN Lab lie, seen from dist/cli.js. */
export const workerScript = join(__dirname, 'worker.js');
export const zooFolder = join(__dirname, '..', 'samples', 'models');
export const sampleDataFolder = join(__dirname, '..', 'samples', 'data');
