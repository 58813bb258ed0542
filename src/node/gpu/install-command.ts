/** What is needed, by what it is for. */
export type GpuPackage = 'vulkan-loader' | 'mesa-amd' | 'mesa-intel' | 'mesa' | 'nvidia';

interface Manager {
  /** IDs of /etc/os-release, or those that they are like. */
  readonly distributions: RegExp;
  readonly command: string;
  readonly packages: Readonly<Record<GpuPackage, string>>;
}

const managers: readonly Manager[] = [
  {
    distributions: /\b(debian|ubuntu)\b/,
    command: 'sudo apt install',
    packages: {
      'vulkan-loader': 'libvulkan1',
      'mesa-amd': 'mesa-vulkan-drivers',
      'mesa-intel': 'mesa-vulkan-drivers',
      mesa: 'mesa-vulkan-drivers',
      nvidia: 'nvidia-driver',
    },
  },
  {
    distributions: /\b(fedora|rhel|centos)\b/,
    command: 'sudo dnf install',
    packages: {
      'vulkan-loader': 'vulkan-loader',
      'mesa-amd': 'mesa-vulkan-drivers',
      'mesa-intel': 'mesa-vulkan-drivers',
      mesa: 'mesa-vulkan-drivers',
      nvidia: 'akmod-nvidia',
    },
  },
  {
    distributions: /\b(suse|opensuse)\b/,
    command: 'sudo zypper install',
    packages: {
      'vulkan-loader': 'libvulkan1',
      'mesa-amd': 'libvulkan_radeon',
      'mesa-intel': 'libvulkan_intel',
      mesa: 'libvulkan_radeon libvulkan_intel',
      nvidia: 'nvidia-video-G06',
    },
  },
  {
    distributions: /\barch\b/,
    command: 'sudo pacman -S',
    packages: {
      'vulkan-loader': 'vulkan-icd-loader',
      'mesa-amd': 'vulkan-radeon',
      'mesa-intel': 'vulkan-intel',
      mesa: 'vulkan-radeon vulkan-intel',
      nvidia: 'nvidia nvidia-utils',
    },
  },
];

const names: Readonly<Record<GpuPackage, string>> = {
  'vulkan-loader': 'the Vulkan loader (libvulkan.so.1)',
  'mesa-amd': 'Mesa’s Vulkan driver for AMD (RADV)',
  'mesa-intel': 'Mesa’s Vulkan driver for Intel (ANV)',
  mesa: 'Mesa’s Vulkan drivers',
  nvidia: 'NVIDIA’s driver, all of it and not only what computes',
};

/** `Install libvulkan1: sudo apt install libvulkan1`, or what to look for where the distribution is not known. */
export function installSentence(what: GpuPackage, distribution: string): string {
  const manager = managers.find(({ distributions }) => distributions.test(distribution));
  if (!manager) return `Install ${names[what]}.`;
  return `Install ${names[what]}: ${manager.command} ${packageOf(manager, what, distribution)}`;
}

/** Ubuntu names the NVIDIA driver's package by its version, and has a tool that knows which. */
function packageOf({ packages }: Manager, what: GpuPackage, distribution: string): string {
  return what === 'nvidia' && /\bubuntu\b/.test(distribution)
    ? 'ubuntu-drivers-common && sudo ubuntu-drivers install'
    : packages[what];
}
