import { describe, expect, test } from 'vitest';
import { explainGpu } from '../../../src/node/gpu/explain-gpu';
import type { FindingId, ListingOutcome } from '../../../src/node/gpu/gpu-report';
import { reportMarkdown, reportText } from '../../../src/node/gpu/report-text';
import type { SystemFacts } from '../../../src/node/gpu/system-facts';
import {
  amd,
  hardware,
  linux,
  listed,
  mesaDriver,
  nvidia,
  nvidiaDriver,
  nvidiaMachine,
  passed,
  renderNode,
  software,
  softwareDriver,
} from './made-facts';

const nothing = listed([]);

function explain(system: SystemFacts, listing: ListingOutcome = nothing) {
  return explainGpu(system, listing, { kind: 'skipped' });
}

interface Machine {
  readonly name: string;
  readonly system: SystemFacts;
  /** In order. */
  readonly ids: readonly FindingId[];
  /** What the first finding says, and what its remedy says. */
  readonly text: RegExp;
  readonly remedy: RegExp | null;
}

const windows = (release: string) => linux({}, { platform: 'win32', release, distribution: '', linux: null });
const mac = (release: string) => linux({}, { platform: 'darwin', release, distribution: '', linux: null });
const nvidiaBox = { container: 'docker', drivers: [], pciDisplays: [nvidia] };

const machines: readonly Machine[] = [
  {
    name: 'no Vulkan loader on Debian',
    system: linux({ vulkanLoader: null }),
    ids: ['no-loader'],
    text: /there is no libvulkan\.so\.1/,
    remedy: /sudo apt install libvulkan1/,
  },
  {
    name: 'no Vulkan loader on Arch',
    system: linux({ vulkanLoader: null }, { distribution: 'endeavouros arch' }),
    ids: ['no-loader'],
    text: /loader/,
    remedy: /sudo pacman -S vulkan-icd-loader/,
  },
  {
    name: 'no Vulkan loader on a distribution that is not known',
    system: linux({ vulkanLoader: null }, { distribution: 'void' }),
    ids: ['no-loader'],
    text: /loader/,
    remedy: /^Install the Vulkan loader \(libvulkan\.so\.1\)\.$/,
  },
  {
    name: 'VK_ICD_FILENAMES pointing nowhere',
    system: linux(
      { drivers: [], absentDriverPaths: ['/opt/icd.json'] },
      { environment: { VK_ICD_FILENAMES: '/opt/icd.json' } },
    ),
    ids: ['driver-path-absent', 'no-driver'],
    text: /VK_ICD_FILENAMES names \/opt\/icd\.json, which is not there/,
    remedy: /Unset VK_ICD_FILENAMES/,
  },
  {
    name: 'VK_DRIVER_FILES pointing nowhere goes before the older name',
    system: linux(
      { absentDriverPaths: ['/a.json'] },
      { environment: { VK_DRIVER_FILES: '/a.json', VK_ICD_FILENAMES: '/b.json' } },
    ),
    ids: ['driver-path-absent'],
    text: /VK_DRIVER_FILES names \/a\.json/,
    remedy: /VK_DRIVER_FILES/,
  },
  {
    name: 'the environment lets only a driver in software be used',
    system: linux({ drivers: [softwareDriver] }, { environment: { VK_ICD_FILENAMES: softwareDriver.file } }),
    ids: ['drivers-disabled', 'no-driver'],
    text: /VK_ICD_FILENAMES lets only a driver in software be used/,
    remedy: /Unset VK_ICD_FILENAMES/,
  },
  {
    name: 'drivers that the loader is told to leave out',
    system: linux({}, { environment: { VK_LOADER_DRIVERS_DISABLE: '*radeon*' } }),
    ids: ['drivers-disabled'],
    text: /\*radeon\*/,
    remedy: /Unset VK_LOADER_DRIVERS_DISABLE/,
  },
  {
    name: 'an AMD card without a Vulkan driver on Fedora',
    system: linux({ drivers: [softwareDriver] }, { distribution: 'fedora' }),
    ids: ['no-driver'],
    text: /an AMD GPU, and no Vulkan driver/,
    remedy: /sudo dnf install mesa-vulkan-drivers/,
  },
  {
    name: 'an Intel GPU without a Vulkan driver on openSUSE',
    system: linux(
      { drivers: [], pciDisplays: [{ ...amd, vendor: '0x8086', driver: 'i915' }] },
      { distribution: 'opensuse suse' },
    ),
    ids: ['no-driver'],
    text: /an Intel GPU/,
    remedy: /sudo zypper install libvulkan_intel/,
  },
  {
    name: 'a manifest whose library is missing',
    system: linux({ drivers: [{ ...mesaDriver, libraryFile: null }] }),
    ids: ['driver-library-missing'],
    text: /needs the library libvulkan_radeon\.so, which is not there/,
    remedy: /Install the graphics driver again/,
  },
  {
    name: 'a manifest that is damaged',
    system: linux({
      drivers: [
        mesaDriver,
        { ...mesaDriver, library: null, libraryFile: null, damage: 'Unexpected end of JSON input' },
      ],
    }),
    ids: ['manifest-damaged'],
    text: /Unexpected end of JSON input/,
    remedy: /again/,
  },
  {
    name: 'a driver of Vulkan 1.0',
    system: linux({ drivers: [{ ...mesaDriver, apiVersion: '1.0.61' }] }),
    ids: ['driver-too-old'],
    text: /speaks Vulkan 1\.0\.61, and 1\.1 is needed/,
    remedy: /Update the graphics driver/,
  },
  {
    name: 'all in its place, and still no GPU is offered',
    system: linux(),
    ids: ['driver-refused'],
    text: /radeon_icd\.x86_64\.json/,
    remedy: /vulkaninfo --summary/,
  },
  {
    name: 'a render node that belongs to another group',
    system: linux({ deviceFiles: [{ ...renderNode, accessible: false }] }),
    ids: ['device-not-accessible'],
    text: /\/dev\/dri\/renderD128 may not be opened by ada: group render may/,
    remedy: /sudo usermod -aG render ada/,
  },
  {
    name: 'a render node that a container may not open',
    system: linux({ container: 'podman', deviceFiles: [{ ...renderNode, accessible: false, group: '105' }] }),
    ids: ['device-not-accessible'],
    text: /group 105/,
    remedy: /--group-add 105/,
  },
  {
    name: 'a kernel without a driver for the card',
    system: linux({ deviceFiles: [], pciDisplays: [{ ...amd, driver: null }] }),
    ids: ['kernel-driver-missing'],
    text: /no kernel driver serves it/,
    remedy: /firmware/,
  },
  {
    name: 'a container without /dev/dri',
    system: linux({ deviceFiles: [], container: 'docker' }),
    ids: ['device-not-passed'],
    text: /container \(docker\) was started without it: there is no \/dev\/dri/,
    remedy: /--device \/dev\/dri/,
  },
  {
    name: 'a container that was started without --gpus',
    system: nvidiaMachine({ ...nvidiaBox, deviceFiles: [] }),
    ids: ['device-not-passed'],
    text: /NVIDIA GPU, and this container \(docker\) was started without it/,
    remedy: /--gpus all/,
  },
  {
    name: 'a container with the usual capabilities, which lack graphics',
    system: nvidiaMachine(nvidiaBox, { environment: { NVIDIA_DRIVER_CAPABILITIES: 'compute,utility' } }),
    ids: ['nvidia-capability'],
    text: /NVIDIA_DRIVER_CAPABILITIES is compute,utility, without “graphics”/,
    remedy: /NVIDIA_DRIVER_CAPABILITIES=all/,
  },
  {
    name: 'a container without any capabilities set',
    system: nvidiaMachine(nvidiaBox),
    ids: ['nvidia-capability'],
    text: /is not set/,
    remedy: /NVIDIA_DRIVER_CAPABILITIES=all/,
  },
  {
    name: 'a container with the capability, on a host with a driver that only computes',
    system: nvidiaMachine(nvidiaBox, { environment: { NVIDIA_DRIVER_CAPABILITIES: 'all' } }),
    ids: ['nvidia-container'],
    text: /Vulkan files are not in it/,
    remedy: /headless/,
  },
  {
    name: 'an NVIDIA manifest in a container whose library is not',
    system: nvidiaMachine({ ...nvidiaBox, drivers: [{ ...nvidiaDriver, libraryFile: null }] }),
    ids: ['driver-library-missing'],
    text: /libGLX_nvidia\.so\.0/,
    remedy: /NVIDIA_DRIVER_CAPABILITIES=all/,
  },
  {
    name: 'an NVIDIA driver without its Vulkan part',
    system: nvidiaMachine({ drivers: [] }),
    ids: ['nvidia-without-vulkan'],
    text: /NVIDIA’s driver 550\.54\.14 is loaded/,
    remedy: /libnvidia-gl-550/,
  },
  {
    name: 'an NVIDIA card that nouveau serves',
    system: nvidiaMachine({
      drivers: [],
      nvidiaModule: null,
      deviceFiles: [renderNode],
      pciDisplays: [{ ...nvidia, driver: 'nouveau' }],
    }),
    ids: ['no-driver'],
    text: /nouveau/,
    remedy: /NVK/,
  },
  {
    name: 'an NVIDIA card without a driver on Ubuntu',
    system: nvidiaMachine(
      { drivers: [], nvidiaModule: null, deviceFiles: [], pciDisplays: [{ ...nvidia, driver: null }] },
      { distribution: 'ubuntu debian' },
    ),
    ids: ['no-driver'],
    text: /an NVIDIA GPU, and no driver for it/,
    remedy: /ubuntu-drivers install/,
  },
  {
    name: 'a machine without a GPU',
    system: linux({ drivers: [], pciDisplays: [], deviceFiles: [] }),
    ids: ['no-gpu'],
    text: /Linux sees no GPU on this machine\.$/,
    remedy: null,
  },
  {
    name: 'a virtual machine with a simple display adapter',
    system: linux({ drivers: [], pciDisplays: [{ ...amd, vendor: '0x1234' }], deviceFiles: [] }),
    ids: ['no-gpu'],
    text: /simple or virtual one/,
    remedy: null,
  },
  {
    name: 'WSL that is shown no GPU',
    system: linux({ wsl: true, drivers: [], pciDisplays: [], deviceFiles: [] }),
    ids: ['wsl-no-gpu'],
    text: /no \/dev\/dxg/,
    remedy: /wsl --update/,
  },
  {
    name: 'WSL without Dozen',
    system: linux({ wsl: true, dxg: true, drivers: [softwareDriver], pciDisplays: [], deviceFiles: [] }),
    ids: ['wsl-no-driver'],
    text: /Dozen/,
    remedy: /mesa-vulkan-drivers/,
  },
  { name: 'an old macOS', system: mac('19.6.0'), ids: ['mac-too-old'], text: /11 \(Big Sur\)/, remedy: /Update macOS/ },
  {
    name: 'a macOS without Metal',
    system: mac('23.4.0'),
    ids: ['mac-no-metal'],
    text: /Metal/,
    remedy: /Virtual machines/,
  },
  {
    name: 'an old Windows',
    system: windows('10.0.15063'),
    ids: ['windows-too-old'],
    text: /1809/,
    remedy: /Update Windows/,
  },
  {
    name: 'a Windows with its basic driver',
    system: windows('10.0.22631'),
    ids: ['windows-basic-driver'],
    text: /Direct3D 12/,
    remedy: /NVIDIA, AMD or Intel/,
  },
];

describe('where there is no GPU, the doctor says why and what mends it', () => {
  test.each(machines)('$name', ({ system, ids, text, remedy }) => {
    const { usable, summary, findings } = explain(system);
    expect(usable).toBe(false);
    expect(summary).toBe('There is no GPU that can be used. Everything trains on the CPU.');
    expect(findings.map(({ id }) => id)).toEqual(ids);
    expect(findings[0]?.text).toMatch(text);
    if (remedy) expect(findings[0]?.remedy).toMatch(remedy);
    else expect(findings[0]?.remedy).toBeNull();
  });

  test('several causes are all told', () => {
    const closed = { ...renderNode, accessible: false };
    const { findings } = explain(linux({ vulkanLoader: null, drivers: [], deviceFiles: [closed] }));
    expect(findings.map(({ id }) => id)).toEqual(['no-loader', 'device-not-accessible', 'no-driver']);
  });

  test('one in software does not count, and is named', () => {
    const report = explainGpu(linux({ drivers: [softwareDriver] }), listed([software]), passed);
    expect(report.usable).toBe(false);
    expect(report.summary).toContain('llvmpipe (LLVM 15.0.6, 256 bits) computes on the processor');
    expect(report.findings.map(({ id }) => id)).toEqual(['only-software', 'no-driver']);
  });

  test('a module that does not load is the cause, whatever the rest', () => {
    const listing = { kind: 'unloadable', reason: 'broken', message: 'It needs GLIBC_2.38.' } as const;
    const { findings, summary } = explain(linux({ vulkanLoader: null }), listing);
    expect(findings).toEqual([
      { id: 'module-broken', severity: 'problem', text: 'It needs GLIBC_2.38.', remedy: null },
    ]);
    expect(summary).toContain('can’t be reached');
  });

  test('a driver that ends the process that looks for it is told, with what else is wrong', () => {
    const crash = { kind: 'crashed', message: 'The training process was ended by signal SIGSEGV.' } as const;
    expect(explain(linux(), crash).findings.map(({ id }) => id)).toEqual(['driver-crashed']);
    const { findings } = explain(linux({ drivers: [{ ...mesaDriver, libraryFile: null }] }), crash);
    expect(findings.map(({ id }) => id)).toEqual(['driver-crashed', 'driver-library-missing']);
  });

  test('a name that no GPU has is told with those that there are', () => {
    const system = linux({}, { environment: { CNN_LAB_GPU_ADAPTER: 'Radeon' } });
    const { findings } = explain(system, { ...listed([hardware]), chosen: null } as ListingOutcome);
    expect(findings.map(({ id }) => id)).toEqual(['unknown-name']);
    expect(findings[0]?.remedy).toContain('NVIDIA GeForce RTX 4070');
  });
});

describe('a GPU of hardware', () => {
  test('that computes correctly is usable, and what auto stands for', () => {
    const report = explainGpu(nvidiaMachine(), listed([hardware, software]), passed);
    expect(report).toMatchObject({ usable: true, findings: [], automatic: 'the GPU, NVIDIA GeForce RTX 4070' });
  });

  test('that computes wrongly is not', () => {
    const numbers = { ...passed.numbers, largestError: 0.25 };
    const report = explainGpu(nvidiaMachine(), listed([hardware]), { ...passed, numbers });
    expect(report).toMatchObject({ usable: false, automatic: 'the CPU' });
    expect(report.findings.map(({ id, text }) => [id, /the logits differs.*0\.25/.test(text)])).toEqual([
      ['wrong-numbers', true],
    ]);
  });

  test.each([
    ['fails', { kind: 'failed', message: 'The GPU device was lost.' }, 'test-failed'],
    ['ends the process', { kind: 'crashed', message: 'Ended by signal SIGSEGV.' }, 'test-crashed'],
  ] as const)('that %s when it is put to work is not', (_, outcome, id) => {
    const report = explainGpu(nvidiaMachine(), listed([hardware]), outcome);
    expect(report.usable).toBe(false);
    expect(report.summary).toContain('can’t be trusted');
    expect(report.findings.map((finding) => finding.id)).toEqual([id]);
    expect(report.findings[0]?.text).toContain(outcome.message);
  });

  test('with small limits stays usable, with a hint', () => {
    const small = { ...hardware, limits: { ...hardware.limits, bindingBytes: 2 ** 27 } };
    const report = explainGpu(linux(), listed([small]), passed);
    expect(report.usable).toBe(true);
    expect(report.findings.map(({ id, severity }) => [id, severity])).toEqual([['small-limits', 'hint']]);
  });
});

describe('the report', () => {
  const report = explainGpu(
    nvidiaMachine({}, { environment: { VK_ICD_FILENAMES: '/x|y' } }),
    listed([hardware]),
    passed,
  );

  test('in text is aligned, with what was found and measured', () => {
    const text = reportText(report);
    expect(text.split('\n')[0]).toBe('NVIDIA GeForce RTX 4070 can be used: it computes what the CPU does.');
    expect(text).toContain(
      '\nNVIDIA GeForce RTX 4070 (used)\n  kind                 hardware\n  backend              vulkan\n',
    );
    expect(text).toContain('\n  matrix product  9.00e+3 GFLOP/s (f32, 4096 × 4096)\n');
    expect(text).toContain('\n  NVIDIA driver     550.54.14\n');
  });

  test('in Markdown keeps what drivers and variables hold as text', () => {
    const markdown = reportMarkdown(report);
    expect(markdown).toContain('# GPU\n\n✅ **NVIDIA GeForce RTX 4070 can be used');
    expect(markdown).toContain('| VK\\_ICD\\_FILENAMES | /x\\|y |');
  });
});
