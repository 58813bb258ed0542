import { assertNever } from '../../core/errors';
import type { GpuAdapterRecord } from '../../protocol/gpu';
import type { GpuReport, TestOutcome } from './gpu-report';
import type { LinuxFacts, SystemFacts } from './system-facts';

/** A part of a report: rows of a name and what it is. */
export interface ReportSection {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** What stands below the summary and the findings. */
export function reportSections(report: GpuReport): readonly ReportSection[] {
  const { listing } = report;
  const adapters = listing.kind === 'listed' ? listing.adapters : [];
  const chosen = listing.kind === 'listed' ? listing.chosen : null;
  return [
    ...adapters.map((adapter, index) => adapterSection(adapter, index === chosen)),
    ...(report.test.kind === 'skipped' ? [] : [{ title: 'Test', rows: testRows(report.test) }]),
    { title: 'System', rows: systemRows(report.system) },
  ];
}

/** Aligned, for a terminal and for issues. */
export function reportText(report: GpuReport): string {
  const lines = [report.summary];
  for (const { severity, text, remedy } of report.findings) {
    lines.push('', `${severity === 'problem' ? '✖' : '•'} ${text}`);
    if (remedy !== null) lines.push(`  → ${remedy}`);
  }
  for (const { title, rows } of reportSections(report)) {
    const width = Math.max(...rows.map(([name]) => name.length));
    lines.push('', title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`));
  }
  return lines.join('\n');
}

export function reportMarkdown(report: GpuReport): string {
  const findings = report.findings.map(({ severity, text, remedy }) => {
    const sign = severity === 'problem' ? '❌' : 'ℹ️';
    return `- ${sign} ${escapeMarkdown(text)}${remedy === null ? '' : `\n\n  **What to do:** ${escapeMarkdown(remedy)}`}`;
  });
  const sections = reportSections(report).map(({ title, rows }) => {
    const lines = rows.map(([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`);
    return `## ${escapeMarkdown(title)}\n\n| | |\n|:--|:--|\n${lines.join('\n')}`;
  });
  const head = `# GPU\n\n${report.usable ? '✅' : '⚠️'} **${escapeMarkdown(report.summary)}**`;
  return `${[head, `The device *auto* is ${escapeMarkdown(report.automatic)}.`, ...findings, ...sections].join('\n\n')}\n`;
}

function adapterSection(adapter: GpuAdapterRecord, isChosen: boolean): ReportSection {
  const { name, backend, vendor, architecture, driver, software, limits, features } = adapter;
  return {
    title: `${name}${isChosen ? ' (used)' : ''}`,
    rows: [
      ['kind', software ? 'in software, on the processor' : 'hardware'],
      ['backend', backend],
      ['vendor', [vendor, architecture].filter((text) => text !== '').join(', ') || 'unknown'],
      ['driver', driver || 'unknown'],
      ['largest buffer', mebibytes(limits.bufferBytes)],
      ['largest tensor', mebibytes(limits.bindingBytes)],
      ['tensors of a kernel', `${limits.storageBuffers}`],
      ['workgroup', `${limits.workgroupThreads} threads, ${limits.workgroupBytes / 1024} KiB`],
      ['features', features.filter((feature) => usedFeatures.includes(feature)).join(', ') || 'none that are used'],
    ],
  };
}

/** Of all that WebGPU knows, what training makes use of. */
const usedFeatures = ['shader-f16', 'subgroups', 'timestamp-query'];

function testRows(test: TestOutcome): readonly (readonly [string, string])[] {
  switch (test.kind) {
    case 'skipped':
    case 'none':
      return [['result', 'no GPU to test']];
    case 'failed':
      return [['result', `failed: ${test.message}`]];
    case 'crashed':
      return [['result', `ended its process: ${test.message}`]];
    case 'done': {
      const { numbers, tuningSeconds } = test;
      const { largestError, tolerance, preparationSeconds } = numbers;
      const { gemmGflops, matrixSize, copyGigabytesPerSecond } = test.speed;
      const right = largestError <= tolerance ? 'right' : 'WRONG';
      return [
        ['numbers', `${right}: at most ${largestError.toPrecision(2)} from the CPU’s (${tolerance} is allowed)`],
        ['preparation', `${preparationSeconds.toFixed(1)} s to compile a small network`],
        ...(tuningSeconds === null
          ? []
          : [['tuning', `tiles measured in ${tuningSeconds.toFixed(1)} s, for all training from now on`] as const]),
        ['matrix product', `${gemmGflops.toPrecision(3)} GFLOP/s (f32, ${matrixSize} × ${matrixSize})`],
        ['memory', `${copyGigabytesPerSecond.toPrecision(3)} GB/s read and written`],
      ];
    }
    default:
      return assertNever(test);
  }
}

function systemRows({ platform, arch, release, distribution, environment, linux }: SystemFacts): [string, string][] {
  const set = Object.entries(environment).map(([name, value]): [string, string] => [name, value]);
  const kind = distribution === '' ? '' : `, ${distribution.split(' ')[0] ?? ''}`;
  return [['system', `${platform} ${arch}, ${release}${kind}`], ...(linux ? linuxRows(linux) : []), ...set];
}

function linuxRows(linux: LinuxFacts): [string, string][] {
  const { vulkanLoader, drivers, pciDisplays, deviceFiles, nvidiaModule, container, wsl } = linux;
  const list = (texts: readonly string[]) => (texts.length === 0 ? 'none' : texts.join(', '));
  return [
    ['Vulkan loader', vulkanLoader ?? 'not found'],
    [
      'Vulkan drivers',
      list(drivers.map(({ file, apiVersion }) => (apiVersion === null ? file : `${file} (Vulkan ${apiVersion})`))),
    ],
    [
      'display adapters',
      list(pciDisplays.map(({ address, vendor, driver }) => `${address} ${vendor} ${driver ?? 'no driver'}`)),
    ],
    ['device files', list(deviceFiles.map(({ path, accessible }) => (accessible ? path : `${path} (no access)`)))],
    ...(nvidiaModule === null ? [] : [['NVIDIA driver', nvidiaModule] satisfies [string, string]]),
    ...(container === null ? [] : [['container', container] satisfies [string, string]]),
    ...(wsl ? [['Windows', 'this Linux runs in it (WSL)'] satisfies [string, string]] : []),
  ];
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20).toLocaleString('en-US')} MiB`;
}

/** Names of drivers and paths stay text. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~$]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
