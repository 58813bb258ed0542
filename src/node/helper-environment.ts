/** The environment of a process that works with images, started from a terminal or from VS Code. */
export function helperEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // VS Code's own program is Node.js only when it is told so.
    ELECTRON_RUN_AS_NODE: '1',
    ...(process.platform === 'linux' && { GLIBC_TUNABLES: withLargePages(process.env['GLIBC_TUNABLES']) }),
  };
}

/**
 * Memory is mapped page by page when it is first touched, and a data set has tens of thousands of small pages: the GNU C library is
 * told to ask the kernel for large ones (`madvise`), which it leaves aside unless it is told. Other C libraries know nothing of it.
 */
function withLargePages(tunables: string | undefined): string {
  const name = 'glibc.malloc.hugetlb';
  if (tunables?.includes(name)) return tunables;
  return [...(tunables ? [tunables] : []), `${name}=1`].join(':');
}
