const endings = ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.jsx', '/index.ts', '/index.js'];

/**
 * Paths at which the file that `specifier` names may be, likeliest first; none for packages (`@tensorflow/tfjs`, `fs`).
 * TypeScript names what its compiler makes: `./layers.js` may be `./layers.ts`.
 */
export function importCandidates(specifier: string, fromFile: string): readonly string[] {
  if (!/^\.{0,2}\//.test(specifier)) return [];
  const whole = specifier.startsWith('/') ? specifier : joinPath(fromFile, specifier);
  const withoutEnding = whole.replace(/\.([cm]?)js(x?)$/, '');
  const asTypeScript = withoutEnding === whole ? [] : [`${withoutEnding}.ts`, `${withoutEnding}.tsx`];
  return [...endings.map((ending) => whole + ending), ...asTypeScript];
}

/** `./b` seen from `/a/c.js` is `/a/b`. */
function joinPath(fromFile: string, specifier: string): string {
  const separator = fromFile.includes('/') ? '/' : '\\';
  const parts = fromFile.split(separator).slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join(separator);
}
