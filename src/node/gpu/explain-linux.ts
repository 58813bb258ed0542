import type { Finding } from './gpu-report';
import { installSentence } from './install-command';
import type { DeviceFile, LinuxFacts, PciDisplay, SystemFacts, VulkanDriver } from './system-facts';

/** Why Linux has no GPU to offer: every cause that the facts show. `offered`: names of adapters that are there but refused. */
export function explainLinux(facts: SystemFacts, linux: LinuxFacts, offered: readonly string[]): readonly Finding[] {
  const findings = [
    ...environmentFindings(facts, linux),
    ...loaderFindings(facts, linux),
    ...driverFindings(facts, linux),
    ...(linux.wsl ? wslFindings(facts, linux) : hardwareFindings(facts, linux)),
  ];
  return findings.length > 0 ? findings : [refusal(linux, offered)];
}

function environmentFindings({ environment }: SystemFacts, linux: LinuxFacts): Finding[] {
  const variable = environment.VK_DRIVER_FILES === undefined ? 'VK_ICD_FILENAMES' : 'VK_DRIVER_FILES';
  const absent = linux.absentDriverPaths.map((path): Finding => {
    const named = environment.VK_ADD_DRIVER_FILES?.includes(path) ? 'VK_ADD_DRIVER_FILES' : variable;
    return problem(
      'driver-path-absent',
      `The environment variable ${named} names ${path}, which is not there.`,
      `Unset ${named}, or let it name a driver's manifest (such as /usr/share/vulkan/icd.d/*.json).`,
    );
  });
  const only = environment[variable];
  const narrowed =
    linux.drivers.length > 0 && !linux.drivers.some(isHardwareDriver) && linux.pciDisplays.some(isCapable);
  if (only !== undefined && narrowed) {
    const text = `The environment variable ${variable} lets only a driver in software be used (${only}).`;
    return [...absent, problem('drivers-disabled', text, `Unset ${variable}.`)];
  }
  const filter = environment.VK_LOADER_DRIVERS_DISABLE ?? environment.VK_LOADER_DRIVERS_SELECT;
  if (filter === undefined) return absent;
  const text = `The environment keeps Vulkan drivers from being used (VK_LOADER_DRIVERS_…: ${filter}).`;
  return [
    ...absent,
    problem('drivers-disabled', text, 'Unset VK_LOADER_DRIVERS_DISABLE and VK_LOADER_DRIVERS_SELECT.'),
  ];
}

function loaderFindings({ distribution }: SystemFacts, { vulkanLoader }: LinuxFacts): Finding[] {
  if (vulkanLoader !== null) return [];
  const text = 'The Vulkan loader is not installed: there is no libvulkan.so.1 where the dynamic linker looks.';
  return [problem('no-loader', text, installSentence('vulkan-loader', distribution))];
}

/** Of the drivers that are installed: what is wrong with each. */
function driverFindings({ distribution }: SystemFacts, { drivers, container }: LinuxFacts): Finding[] {
  return drivers.filter(isHardwareDriver).flatMap((driver) => {
    const { file, library, libraryFile, damage, apiVersion } = driver;
    if (damage !== null) {
      const text = `The Vulkan driver's manifest ${file} can't be read: ${damage}`;
      return [problem('manifest-damaged', text, 'Install the graphics driver again.')];
    }
    if (libraryFile === null) {
      const remedy =
        container === null
          ? `Install the graphics driver again. ${isNvidiaDriver(driver) ? installSentence('nvidia', distribution) : ''}`.trim()
          : 'Start the container so that the driver’s libraries are in it (for NVIDIA: docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all).';
      const text = `The Vulkan driver of ${file} needs the library ${library ?? '?'}, which is not there.`;
      return [problem('driver-library-missing', text, remedy)];
    }
    if (apiVersion !== null && isOlder(apiVersion, 1, 1)) {
      const text = `The Vulkan driver of ${file} is too old: it speaks Vulkan ${apiVersion}, and 1.1 is needed.`;
      return [problem('driver-too-old', text, 'Update the graphics driver.')];
    }
    return [];
  });
}

/** Which hardware there is, and what of its driver is missing. */
function hardwareFindings(facts: SystemFacts, linux: LinuxFacts): Finding[] {
  const { pciDisplays, deviceFiles, nvidiaModule, container } = linux;
  const findings = [...accessFindings(linux)];
  const hasNvidia =
    nvidiaModule !== null ||
    deviceFiles.some(({ path }) => path.startsWith('/dev/nvidia')) ||
    pciDisplays.some(({ vendor }) => vendor === vendors.nvidia);
  if (hasNvidia) findings.push(...nvidiaFindings(facts, linux));
  for (const [vendor, name, what, pattern] of mesaVendors) {
    const display = pciDisplays.find((each) => each.vendor === vendor);
    if (display) findings.push(...mesaFindings(facts, linux, display, name, what, pattern));
  }
  const capable = pciDisplays.some(isCapable);
  if (!hasNvidia && !capable && deviceFiles.length === 0) {
    const where = container === null ? 'on this machine' : `in this container (${container})`;
    const others =
      pciDisplays.length > 0 ? ' Its display adapter is a simple or virtual one, which does not compute.' : '';
    const remedy =
      container === null
        ? null
        : 'Where the machine has one, pass it on: docker run --device /dev/dri …, for NVIDIA --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all.';
    findings.push(problem('no-gpu', `Linux sees no GPU ${where}.${others}`, remedy));
  }
  return findings;
}

function nvidiaFindings({ environment, distribution }: SystemFacts, linux: LinuxFacts): Finding[] {
  const { drivers, container, nvidiaModule, pciDisplays, deviceFiles } = linux;
  if (drivers.some(isNvidiaDriver)) return [];
  const capabilities = environment.NVIDIA_DRIVER_CAPABILITIES;
  if (container !== null) {
    if (!deviceFiles.some(({ path }) => path.startsWith('/dev/nvidia'))) {
      const text = `The machine has an NVIDIA GPU, and this container (${container}) was started without it.`;
      return [problem('device-not-passed', text, dockerNvidia)];
    }
    if (capabilities === undefined || !/\b(all|graphics)\b/.test(capabilities)) {
      const has = capabilities === undefined ? 'is not set' : `is ${capabilities}`;
      const text = `The container has an NVIDIA GPU, but not the part of its driver that Vulkan needs: NVIDIA_DRIVER_CAPABILITIES ${has}, without “graphics”.`;
      return [problem('nvidia-capability', text, dockerNvidia)];
    }
    const text =
      'The container has an NVIDIA GPU with the capability “graphics”, but the driver’s Vulkan files are not in it.';
    return [
      problem(
        'nvidia-container',
        text,
        'Install the whole NVIDIA driver on the host (its “headless” or “compute” packages lack Vulkan), and update the NVIDIA Container Toolkit.',
      ),
    ];
  }
  if (nvidiaModule !== null) {
    const text = `NVIDIA’s driver ${nvidiaModule} is loaded, but the part of it that Vulkan needs is not installed.`;
    const remedy = /\b(debian|ubuntu)\b/.test(distribution)
      ? `Install it, in the driver's own version: sudo apt install libnvidia-gl-${nvidiaModule.split('.')[0] ?? ''} (Debian: nvidia-vulkan-icd)`
      : installSentence('nvidia', distribution);
    return [problem('nvidia-without-vulkan', text, remedy)];
  }
  const nouveau = pciDisplays.some(({ vendor, driver }) => vendor === vendors.nvidia && driver === 'nouveau');
  const text = nouveau
    ? 'The NVIDIA GPU is served by nouveau, for which no Vulkan driver is installed.'
    : 'There is an NVIDIA GPU, and no driver for it.';
  const nvk = nouveau ? ' Or install Mesa 24.1 or newer, whose driver NVK works on nouveau.' : '';
  return [problem('no-driver', text, `${installSentence('nvidia', distribution)}.${nvk}`)];
}

function mesaFindings(
  { distribution }: SystemFacts,
  { drivers, deviceFiles, container }: LinuxFacts,
  { driver }: PciDisplay,
  name: string,
  what: 'mesa-amd' | 'mesa-intel',
  pattern: RegExp,
): Finding[] {
  const findings: Finding[] = [];
  if (!drivers.some((each) => pattern.test(`${each.file} ${each.library ?? ''}`))) {
    const text = `There is an ${name} GPU, and no Vulkan driver for it is installed.`;
    findings.push(problem('no-driver', text, installSentence(what, distribution)));
  }
  if (deviceFiles.some(isRenderNode)) return findings;
  if (container !== null) {
    const text = `The machine has an ${name} GPU, and this container (${container}) was started without it: there is no /dev/dri.`;
    return [...findings, problem('device-not-passed', text, 'Start it with: docker run --device /dev/dri …')];
  }
  const text =
    driver === null ? 'no kernel driver serves it' : `its kernel driver (${driver}) made no /dev/dri/renderD…`;
  const remedy = 'Install the firmware and a newer kernel for it; “sudo dmesg” says what went wrong.';
  return [...findings, problem('kernel-driver-missing', `There is an ${name} GPU, but ${text}.`, remedy)];
}

/** Device files that are there and that this user may not open. */
function accessFindings({ deviceFiles, user, container }: LinuxFacts): Finding[] {
  const needed = deviceFiles.filter((each) => isRenderNode(each) || each.path.startsWith('/dev/nvidia'));
  const closed = needed.filter(({ accessible }) => !accessible);
  if (closed.length === 0 || closed.length < needed.length) return [];
  const groups = [...new Set(closed.map(({ group }) => group))];
  const text = `${closed.map(({ path }) => path).join(', ')} may not be opened by ${user || 'this user'}: group ${groups.join(', ')} may.`;
  const remedy =
    container === null
      ? `Join the group and log in again: sudo usermod -aG ${groups.join(',')} ${user || '$USER'}`
      : `Start the container with it: docker run ${groups.map((group) => `--group-add ${group}`).join(' ')} …`;
  return [problem('device-not-accessible', text, remedy)];
}

function wslFindings({ distribution }: SystemFacts, { dxg, drivers }: LinuxFacts): Finding[] {
  if (!dxg) {
    const text = 'This is Linux in Windows (WSL), and Windows shows it no GPU: there is no /dev/dxg.';
    const remedy =
      'Use WSL 2 (wsl --update; wsl --set-version <distribution> 2), with a current graphics driver in Windows; or open the folder in Windows itself.';
    return [problem('wsl-no-gpu', text, remedy)];
  }
  if (drivers.some(({ file, library }) => /dzn|dozen/i.test(`${file} ${library ?? ''}`))) return [];
  const text =
    'This is Linux in Windows (WSL). Vulkan reaches the GPU of Windows through Mesa’s driver Dozen (dzn), which is not installed.';
  const remedy = `${installSentence('mesa', distribution)}, in a version that has dzn; or open the folder in Windows itself, where the GPU is used directly.`;
  return [problem('wsl-no-driver', text, remedy)];
}

/** All is in its place, and still there is nothing. */
function refusal({ drivers }: LinuxFacts, offered: readonly string[]): Finding {
  const names =
    offered.length > 0
      ? offered.join(', ')
      : drivers
          .filter(isHardwareDriver)
          .map(({ file }) => file)
          .join(', ');
  const text =
    names === ''
      ? 'No Vulkan driver offers a GPU.'
      : `The Vulkan driver is there (${names}), but it offers no GPU that WebGPU accepts: that needs Vulkan 1.1 with a current driver.`;
  return problem('driver-refused', text, 'Update the graphics driver. “vulkaninfo --summary” shows what it offers.');
}

function problem(id: Finding['id'], text: string, remedy: string | null): Finding {
  return { id, severity: 'problem', text, remedy };
}

/** Numbers of the PCI vendors whose GPUs compute. */
const vendors = { nvidia: '0x10de', amd: '0x1002', intel: '0x8086' } as const;

function isCapable({ vendor }: PciDisplay): boolean {
  return Object.values<string>(vendors).includes(vendor);
}

const mesaVendors = [
  [vendors.amd, 'AMD', 'mesa-amd', /radeon|amdvlk|amd_icd/i],
  [vendors.intel, 'Intel', 'mesa-intel', /intel/i],
] as const;

const dockerNvidia =
  'Start it with: docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all … (or compute,utility,graphics)';

function isNvidiaDriver({ file, library }: VulkanDriver): boolean {
  return /nvidia/i.test(`${file} ${library ?? ''}`);
}

/** What is not Mesa's or Google's rasteriser on the CPU. */
function isHardwareDriver({ file, library }: VulkanDriver): boolean {
  return !/lvp_icd|swiftshader|llvmpipe|lavapipe/i.test(`${file} ${library ?? ''}`);
}

function isRenderNode({ path }: DeviceFile): boolean {
  return path.startsWith('/dev/dri/renderD');
}

function isOlder(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}
