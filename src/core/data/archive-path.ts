/**
 * Where a file of an archive lies below the archive's root, with '/': what its name says, if it stays inside.
 * `refused`: in words that follow the name.
 */
export function archivePath(name: string): { readonly path: string } | { readonly refused: string } {
  if (name.length > longestName) return { refused: `has a name of ${name.length} letters` };
  if (name.includes('\0')) return { refused: 'has a name with a zero in it' };
  // Old packers on Windows write their own separator.
  const unified = name.replaceAll('\\', '/');
  if (unified.startsWith('/') || /^[a-z]:/i.test(unified)) return { refused: 'has an absolute name' };
  const parts = unified.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { refused: 'has a name that leads out of the archive' };
  if (parts.length === 0) return { refused: 'has no name' };
  return { path: parts.join('/') };
}

/** As long as systems allow. */
const longestName = 4096;
