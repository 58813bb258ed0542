import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { findLibrary } from './find-library';
import type { VulkanDriver } from './system-facts';

/**
 * Driver manifests where Khronos' Vulkan loader looks for them, and what the environment names in vain.
 * Source: "Driver Discovery" in the loader's LoaderDriverInterface.md.
 */
export async function findVulkanDrivers(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly drivers: readonly VulkanDriver[]; readonly absent: readonly string[] }> {
  const paths = (text: string | undefined) => (text ?? '').split(':').filter((path) => path !== '');
  // Either replaces the search; the newer name goes first.
  const named = paths(environment['VK_DRIVER_FILES'] ?? environment['VK_ICD_FILENAMES']);
  const added = paths(environment['VK_ADD_DRIVER_FILES']);
  const absent = [...named, ...added].filter((path) => !existsSync(path));
  const places = [...added, ...(named.length > 0 ? named : searchedFolders(environment))];
  const files = (await Promise.all(places.map(manifestsIn))).flat();
  return { drivers: await Promise.all([...new Set(files)].map(readManifest)), absent };
}

function searchedFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const lists = (name: string, usual: string) => (environment[name] || usual).split(':');
  const home = environment['HOME'] ?? homedir();
  const roots = [
    environment['XDG_CONFIG_HOME'] || join(home, '.config'),
    ...lists('XDG_CONFIG_DIRS', '/etc/xdg'),
    '/usr/local/etc',
    '/etc',
    environment['XDG_DATA_HOME'] || join(home, '.local', 'share'),
    ...lists('XDG_DATA_DIRS', '/usr/local/share:/usr/share'),
    '/run/opengl-driver/share',
  ];
  return [...new Set(roots)].map((root) => join(root, 'vulkan', 'icd.d'));
}

/** A manifest, or those in a folder. */
async function manifestsIn(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    return (await readdir(path))
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch {
    return []; // Most of the places that are searched are not there.
  }
}

async function readManifest(file: string): Promise<VulkanDriver> {
  try {
    const { ICD } = v.parse(manifest, JSON.parse(await readFile(file, 'utf8')));
    const { library_path: library, api_version: apiVersion } = ICD;
    // With a slash it is a path, seen from the manifest; without one, a name for the dynamic linker.
    const libraryFile = await findLibrary(library.includes('/') ? resolve(dirname(file), library) : library);
    return { file, library, libraryFile, apiVersion: apiVersion ?? null, damage: null };
  } catch (error) {
    const damage = error instanceof Error ? error.message : String(error);
    return { file, library: null, libraryFile: null, apiVersion: null, damage };
  }
}

const manifest = v.object({
  ICD: v.object({ library_path: v.string(), api_version: v.optional(v.string()) }),
});
