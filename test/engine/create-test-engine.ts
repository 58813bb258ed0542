import { fileURLToPath } from 'node:url';
import type { Engine } from '../../src/engine/engine';
import { createWasmEngine } from '../../src/engine/wasm/wasm-engine';
import { repositoryUrl } from './torch-fixtures';

/** The CPU engine on what `npm run build` made. */
export function createTestEngine(threads: number): Promise<Engine> {
  return createWasmEngine({ assets: fileURLToPath(repositoryUrl('dist')), threads });
}
