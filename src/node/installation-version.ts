import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of CNN Lab, from the package.json beside the folder `dist`. */
export function readCnnLabVersion(dist: string): string {
  const manifest = JSON.parse(readFileSync(join(dist, '..', 'package.json'), 'utf8')) as { version?: unknown };
  return typeof manifest.version === 'string' ? manifest.version : 'unknown';
}
