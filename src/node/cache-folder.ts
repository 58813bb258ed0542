import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what can be computed again is kept between runs, for all of a user's projects: `CNN_LAB_CACHE`, or the system's place. */
export function cacheFolder(): string {
  const { CNN_LAB_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (CNN_LAB_CACHE) return CNN_LAB_CACHE;
  switch (process.platform) {
    case 'win32':
      return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'cnn-lab', 'cache');
    case 'darwin':
      return join(homedir(), 'Library', 'Caches', 'cnn-lab');
    default:
      return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cnn-lab');
  }
}
