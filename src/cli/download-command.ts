import { relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { SingleBar } from 'cli-progress';
import { formatBytes } from '../core/data/format-bytes';
import type { TeachingSet } from '../core/data/teaching-sets';
import { downloadBytes, findTeachingSet, teachingSets } from '../core/data/teaching-sets';
import { UserError } from '../core/errors';
import { downloadSet, type SetProgress } from '../node/download/download-set';
import { proxyFromEnvironment, type ProxyFor } from '../node/download/proxy';
import { TransferRate } from '../node/download/transfer-rate';
import { barStyle } from './bar-style';
import { exitCodes } from './exit-codes';
import { formatCount, formatDuration, formatTable } from './format';
import { ownCommand } from './installation';
import { createOutput, type Output } from './output';
import { UsageError } from './usage-error';

export interface DownloadOptions {
  readonly to: string;
  readonly yes?: true;
  readonly json?: true;
}

/** `cnn-lab download`: without a set, lists them; gives the exit code. */
export async function downloadCommand(name: string | undefined, options: DownloadOptions): Promise<number> {
  const output = createOutput(options.json === true);
  if (name === undefined) return listSets(output);
  const set = findTeachingSet(name);
  if (!set) {
    const ids = teachingSets.map(({ id }) => id).join(', ');
    throw new UsageError(`There is no data set ${name} to download.`, `There are: ${ids}.`);
  }
  const parent = resolve(options.to);
  const target = resolve(parent, set.id);
  output.line(`${output.style.bold(set.title)}: ${set.about}; ${describeCounts(set)}, ${set.imageSize}`);
  output.line(`Download: ${formatBytes(downloadBytes(set))}, to ${target}`);
  output.line(`License: ${set.license}`);
  if (output.interactive && process.stdin.isTTY && options.yes !== true && !(await confirmed())) {
    output.line('Nothing was downloaded.');
    return exitCodes.stopped;
  }
  return fetchSet(set, parent, output);
}

function listSets(output: Output): number {
  for (const set of teachingSets) {
    const { id, title, about, counts, classCount, imageSize, homepage, license } = set;
    output.event({
      event: 'data-set',
      id,
      title,
      about,
      counts,
      classes: classCount,
      imageSize,
      downloadBytes: downloadBytes(set),
      homepage,
      license,
    });
  }
  const columns = [
    { title: 'Name', align: 'left' },
    { title: 'Download', align: 'right' },
    { title: 'Images', align: 'right' },
    { title: 'Classes', align: 'right' },
    { title: 'What', align: 'left' },
  ] as const;
  const rows = teachingSets.map((set) => [
    set.id,
    formatBytes(downloadBytes(set)),
    formatCount(imageCount(set)),
    String(set.classCount),
    `${set.about}; ${set.imageSize}`,
  ]);
  for (const line of formatTable(columns, rows)) output.line(line);
  output.line(`Download one: ${ownCommand()} download ${teachingSets[0]?.id ?? ''}`);
  return exitCodes.done;
}

async function fetchSet(set: TeachingSet, parent: string, output: Output): Promise<number> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Stopped());
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const view = showTransfer(output);
  try {
    const { folder, already } = await downloadSet(set, parent, {
      signal: controller.signal,
      proxyFor: proxyOfEnvironment(),
      onProgress: (progress) => view.show(progress),
      onNote(text) {
        view.close();
        output.note(output.style.dim(text));
      },
    });
    view.close();
    output.event({ event: 'done', id: set.id, folder, already });
    output.line(already ? `${folder} is there already.` : `Done: ${folder}`);
    output.line(`Train on it: ${ownCommand()} train lenet --data "${relative(process.cwd(), folder) || '.'}"`);
    return exitCodes.done;
  } catch (error) {
    view.close();
    if (!(error instanceof Stopped)) throw error;
    output.event({ event: 'stopped', id: set.id });
    output.line('Stopped. What has come is kept: the same command goes on with it.');
    return exitCodes.stopped;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

class Stopped extends Error {}

function proxyOfEnvironment(): ProxyFor {
  try {
    return proxyFromEnvironment();
  } catch (cause) {
    throw new UserError(
      cause instanceof Error ? cause.message : String(cause),
      'Set http_proxy and https_proxy to addresses such as http://proxy:3128, or unset them.',
      { cause },
    );
  }
}

async function confirmed(): Promise<boolean> {
  const question = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await question.question('Download it? [Y/n] ');
    return /^(y(es)?)?$/i.test(answer.trim());
  } finally {
    question.close();
  }
}

/** A bar on a terminal; with `--json` an event a second. */
function showTransfer(output: Output): { show(progress: SetProgress): void; close(): void } {
  const rate = new TransferRate();
  let bar: SingleBar | undefined;
  let shown: { readonly kind: SetProgress['kind']; readonly atMs: number } | undefined;
  const close = (): void => {
    bar?.stop();
    bar = undefined;
    shown = undefined;
  };
  return {
    close,
    show(progress) {
      const now = Date.now();
      if (progress.kind === 'download') rate.add(now, progress.bytes);
      const due = shown?.kind !== progress.kind || now - shown.atMs >= (output.interactive ? 100 : 1000);
      if (!due) return;
      if (shown?.kind !== progress.kind) close();
      shown = { kind: progress.kind, atMs: now };
      output.event({ event: 'progress', ...progress, kind: undefined, doing: progress.kind });
      if (!output.interactive) return;
      const total = progress.kind === 'download' ? progress.totalBytes : progress.bytes;
      const payload = {
        done: formatBytes(progress.bytes),
        all: formatBytes(total),
        speed: `${formatBytes(Math.round(rate.bytesPerSecond))}/s`,
        left: formatDuration(rate.secondsFor(total - progress.bytes)),
      };
      if (!bar) {
        const format =
          progress.kind === 'download'
            ? 'Downloading {bar} {done} of {all} · {speed} · {left} left'
            : 'Unpacking {done}';
        bar = new SingleBar({ ...barStyle, format, stream: process.stderr });
        bar.start(total, progress.bytes, payload);
      } else bar.update(progress.bytes, payload);
    },
  };
}

function imageCount({ counts }: TeachingSet): number {
  return Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
}

function describeCounts(set: TeachingSet): string {
  return `${formatCount(imageCount(set))} images of ${set.classCount} classes`;
}
