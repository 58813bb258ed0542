/**
 * The path of an archive's entry, relative and with '/', if it can be made on every system and leads nowhere but into the
 * folder that is unpacked into; otherwise why not, in words that follow the name. '' is that folder itself.
 */
export function safeEntryPath(name: string): { readonly path: string } | { readonly problem: string } {
  // eslint-disable-next-line no-control-regex -- They are what is looked for: a NUL ends a name for the system, not for us.
  if (/[\u0000-\u001f]/.test(name)) return { problem: 'has a control character in its name' };
  const slashed = name.replaceAll('\\', '/');
  if (slashed.startsWith('/') || /^[a-z]:/i.test(slashed))
    return { problem: 'has a path that does not begin in the archive' };
  const parts = slashed.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { problem: 'has a path that leads out of the archive' };
  if (parts.some((part) => /[. ]$|[<>:"|?*]/.test(part) || deviceName.test(part))) {
    return { problem: 'has a name that Windows gives another meaning' };
  }
  if (parts.some((part) => Buffer.byteLength(part) > 255) || slashed.length > 4096)
    return { problem: 'has too long a name' };
  return { path: parts.join('/') };
}

/** "Naming Files, Paths, and Namespaces", learn.microsoft.com: with any extension, too. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
