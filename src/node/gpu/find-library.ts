import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

/** What the dynamic linker of Linux would load under a name: LD_LIBRARY_PATH, then ld.so's cache, then its own folders; null: nothing. */
export async function findLibrary(name: string): Promise<string | null> {
  if (isAbsolute(name)) return existsSync(name) ? name : null;
  const named = (process.env['LD_LIBRARY_PATH'] ?? '').split(/[:;]/).filter((folder) => folder !== '');
  const first = named.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (first !== undefined) return first;
  const cached = parseLinkerCache(await linkerCache(), name).find((file) => existsSync(file));
  if (cached !== undefined) return cached;
  return (await ownFolders()).map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** Files of a name in what `ldconfig -p` prints: `	libvulkan.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libvulkan.so.1`. */
export function parseLinkerCache(text: string, name: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [library, file] = line.split(' => ');
    return file !== undefined && library?.trim().split(' ')[0] === name ? [file.trim()] : [];
  });
}

async function linkerCache(): Promise<string> {
  for (const program of ['ldconfig', '/sbin/ldconfig', '/usr/sbin/ldconfig']) {
    try {
      return (await promisify(execFile)(program, ['-p'], { timeout: 5000 })).stdout;
    } catch {
      // Not there (Alpine has none), or not for this user: the next, then the folders themselves.
    }
  }
  return '';
}

/** Where the linker looks by itself: the usual folders, those of Debian's architectures, Alpine's, NixOS's drivers. */
async function ownFolders(): Promise<readonly string[]> {
  const triple = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as 'x64' | 'arm64'];
  const musl = await readFile('/etc/ld-musl-x86_64.path', 'utf8').catch(() => '');
  return [
    ...(triple === undefined ? [] : [`/lib/${triple}`, `/usr/lib/${triple}`]),
    '/lib64',
    '/usr/lib64',
    '/lib',
    '/usr/lib',
    '/usr/local/lib',
    '/run/opengl-driver/lib',
    ...musl.split(/[:\n]/).filter((folder) => folder !== ''),
  ];
}
