import { constants, existsSync } from 'node:fs';
import { access, readFile, readdir, readlink, stat } from 'node:fs/promises';
import { release, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { findLibrary } from './find-library';
import { findVulkanDrivers } from './find-vulkan-drivers';
import { gpuVariables, type DeviceFile, type LinuxFacts, type PciDisplay, type SystemFacts } from './system-facts';

/** Looks at files and the environment alone: no driver is loaded. Never throws; what can't be read counts as not there. */
export async function collectSystemFacts(): Promise<SystemFacts> {
  const set = gpuVariables.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const isLinux = process.platform === 'linux';
  return {
    platform: process.platform,
    arch: process.arch,
    release: release(),
    distribution: isLinux ? parseDistribution(await textOf('/etc/os-release')) : '',
    environment: Object.fromEntries(set),
    linux: isLinux ? await collectLinuxFacts() : null,
  };
}

/** `ubuntu debian` */
export function parseDistribution(osRelease: string): string {
  const valueOf = (key: string) => new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  return `${valueOf('ID')} ${valueOf('ID_LIKE')}`.trim().toLowerCase();
}

async function collectLinuxFacts(): Promise<LinuxFacts> {
  const { drivers, absent } = await findVulkanDrivers();
  const groups = parseGroups(await textOf('/etc/group'));
  const nvidia = await textOf('/proc/driver/nvidia/version');
  return {
    vulkanLoader: await findLibrary('libvulkan.so.1'),
    drivers,
    absentDriverPaths: absent,
    pciDisplays: await pciDisplays(),
    deviceFiles: await deviceFiles(groups),
    nvidiaModule: /Kernel Module(?: for \S+)?\s+([\d.]+)/.exec(nvidia)?.[1] ?? null,
    container: await containerKind(),
    wsl: /microsoft/i.test(release()),
    dxg: existsSync('/dev/dxg'),
    user: userName(),
  };
}

/** Names of groups by their numbers. */
function parseGroups(text: string): ReadonlyMap<number, string> {
  return new Map(text.split('\n').map((line) => [Number(line.split(':')[2]), line.split(':')[0] ?? ''] as const));
}

/** Class 0x03…: display controllers, those without a screen among them. */
async function pciDisplays(): Promise<readonly PciDisplay[]> {
  const devices = '/sys/bus/pci/devices';
  const found: PciDisplay[] = [];
  for (const address of [...(await namesIn(devices))].sort()) {
    const kind = (await textOf(join(devices, address, 'class'))).trim();
    if (!kind.startsWith('0x03')) continue;
    const driver = await readlink(join(devices, address, 'driver')).catch(() => null);
    const vendor = (await textOf(join(devices, address, 'vendor'))).trim();
    found.push({ address, vendor, driver: driver === null ? null : basename(driver) });
  }
  return found;
}

async function deviceFiles(groups: ReadonlyMap<number, string>): Promise<readonly DeviceFile[]> {
  const dri = (await namesIn('/dev/dri')).filter((name) => /^(renderD|card)\d+$/.test(name));
  const nvidia = (await namesIn('/dev')).filter((name) => /^nvidia(\d+|ctl)$/.test(name));
  const paths = [...dri.map((name) => join('/dev/dri', name)), ...nvidia.map((name) => join('/dev', name))].sort();
  return Promise.all(
    paths.map(async (path) => {
      const accessible = await access(path, constants.R_OK | constants.W_OK).then(
        () => true,
        () => false,
      );
      const owner = await stat(path).then(
        ({ gid }) => gid,
        () => Number.NaN,
      );
      return { path, accessible, group: groups.get(owner) ?? String(owner) };
    }),
  );
}

async function containerKind(): Promise<string | null> {
  const { container, KUBERNETES_SERVICE_HOST } = process.env;
  if (KUBERNETES_SERVICE_HOST !== undefined) return 'kubernetes';
  if (existsSync('/.dockerenv')) return 'docker';
  if (existsSync('/run/.containerenv')) return 'podman';
  if (container !== undefined && container !== '') return container;
  const hints = await textOf('/proc/1/cgroup');
  return /docker|containerd|kubepods|libpod|lxc/.exec(hints)?.[0] ?? null;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? ''); // A number without an entry in /etc/passwd, as containers have it.
  }
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
