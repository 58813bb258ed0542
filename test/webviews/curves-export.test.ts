import { writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { slotColour } from '../../src/webviews/curves/palette';
import { makeRun, upToStep } from './made-runs';
import { noBrowser } from './open-panel';
import type { OpenPanel } from './open-panel';
import { panelSuite, pictures } from './panel-suite';

const lenet = makeRun({ id: 'lenet', name: 'lenet, "Adam" <1e-3>', epochs: 8, stepsPerEpoch: 140, logEvery: 5 });
const vgg = makeRun({ id: 'vgg', name: 'vgg11', epochs: 8, stepsPerEpoch: 140, logEvery: 5, speed: 0.4 });

async function exported(panel: OpenPanel, format: 'PNG' | 'SVG' | 'CSV'): Promise<{ name: string; content: unknown }> {
  const save = panel.next('save');
  await panel.page.getByRole('button', { name: format }).click();
  const { suggestedName, content } = await save;
  return { name: suggestedName, content };
}

async function exportedText(panel: OpenPanel, format: 'SVG' | 'CSV'): Promise<string> {
  const { content } = await exported(panel, format);
  if (typeof content !== 'string') throw new Error(`The ${format} is not text.`);
  return content;
}

describe.skipIf(noBrowser)(`exports of the training curves${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const suite = panelSuite('curves', 'Training curves');

  test('CSV has every number of the shown runs, to the last digit', async () => {
    const panel = await suite.open();
    const run = { ...upToStep(lenet, 145), status: 'stopped' } as const;
    await panel.send({ type: 'snapshot', runs: [run, vgg], shown: ['lenet'] });
    const csv = await exportedText(panel, 'CSV');
    const lines = csv.split('\n');
    expect(lines[0]).toBe(
      'run,name,kind,epoch,step,train_loss,train_accuracy,val_loss,val_accuracy,val_top5,val_f1,learning_rate,images_per_second,seconds,best',
    );
    const name = '"lenet, ""Adam"" <1e-3>"';
    const stepLine = ({ epoch, step, trainLoss }: (typeof run.steps)[number]): string =>
      `lenet,${name},step,${epoch},${step},${trainLoss},,,,,,0.001,4200,,`;
    const [end] = run.epochs;
    const epochLine = `lenet,${name},epoch,1,140,${end?.trainLoss},${end?.trainAccuracy},${end?.valLoss},${end?.valAccuracy},,,0.001,4200,12.5,1`;
    expect(lines.slice(1)).toEqual([
      ...run.steps.filter(({ step }) => step <= 140).map(stepLine),
      epochLine,
      ...run.steps.filter(({ step }) => step > 140).map(stepLine),
      '',
    ]);
  });

  test('CSV and SVG have the top-5 accuracy of runs that measured it', async () => {
    const panel = await suite.open();
    const measured = makeRun({ id: 'many', epochs: 3, stepsPerEpoch: 20, with: ['valTop5', 'valF1'] });
    await panel.send({ type: 'snapshot', runs: [measured, vgg], shown: ['many', 'vgg'] });
    const [header = '', ...lines] = (await exportedText(panel, 'CSV')).split('\n').map((line) => line.split(','));
    const column = (name: string): number => header.indexOf(name);
    const cells = (run: string): string[][] =>
      lines
        .filter((line) => line[0] === run && line[column('kind')] === 'epoch')
        .map((line) => [line[column('val_top5')] ?? '', line[column('val_f1')] ?? '']);
    expect(cells('many')).toEqual(measured.epochs.map(({ valTop5, valF1 }) => [String(valTop5), String(valF1)]));
    expect(cells('vgg')).toEqual(vgg.epochs.map(() => ['', '']));
    const svg = await exportedText(panel, 'SVG');
    expect(svg.match(/<path class="top5"/g)).toHaveLength(1);
    expect(svg).toContain('>validation, top-5</text>');
  });

  test('SVG is vector graphics with the curves, their legend and true axes', async () => {
    const panel = await suite.open({ theme: 'dark' });
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: ['lenet', 'vgg'] });
    await panel.page.getByRole('checkbox', { name: 'Log loss' }).check();
    const svg = await exportedText(panel, 'SVG');
    writeFileSync(path.join(pictures, 'export.svg'), svg);
    const read = await panel.page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      const all = (selector: string): Element[] => [...parsed.querySelectorAll(selector)];
      const loss = all('svg > g')[0];
      return {
        errors: all('parsererror').length,
        bitmaps: all('image').length,
        words: all('text').map((each) => each.textContent ?? ''),
        lines: all('path[class]').map((each) => [
          each.getAttribute('class'),
          each.getAttribute('stroke') ?? each.getAttribute('fill'),
        ]),
        stars: all('polygon.best').length,
        background: all('rect')[0]?.getAttribute('fill'),
        lossLabels: [...(loss?.querySelectorAll('g[text-anchor="end"] text') ?? [])].map((each) => [
          Number(each.textContent),
          Number(each.getAttribute('y')) - 4,
        ]),
        validation: loss?.querySelector('path.validation')?.getAttribute('d') ?? '',
      };
    }, svg);
    expect(read.errors).toBe(0);
    expect(read.bitmaps).toBe(0);
    expect(read.background).toBe('#ffffff');
    expect(read.words).toEqual(
      expect.arrayContaining(['Loss', 'Accuracy', 'Epoch', lenet.name, 'vgg11', 'best checkpoint']),
    );
    const colours = [slotColour(0, 'light'), slotColour(1, 'light')];
    const expected = ['raw', 'steps', 'train', 'validation', 'train', 'validation'].flatMap((kind) =>
      colours.map((colour) => [kind, colour]),
    );
    expect(read.lines.sort()).toEqual(expected.sort());
    expect(read.stars).toBe(4);

    // The axis is logarithmic, and the points lie where its labels say.
    const [[low = NaN, lowY = NaN] = [], [high = NaN, highY = NaN] = []] = [read.lossLabels[0], read.lossLabels.at(-1)];
    expect(high).toBeGreaterThan(low);
    const yOf = (loss: number): number => lowY + ((highY - lowY) * Math.log10(loss / low)) / Math.log10(high / low);
    for (const [label = NaN, y = NaN] of read.lossLabels) expect(y).toBeCloseTo(yOf(label), 1);
    const points = read.validation
      .slice(1)
      .split('L')
      .map((point) => point.split(' ').map(Number));
    expect(points).toHaveLength(8);
    lenet.epochs.forEach(({ valLoss }, index) => expect(points[index]?.[1]).toBeCloseTo(yOf(valLoss), 0));
    const spacing = points.slice(1).map(([x = NaN], index) => x - (points[index]?.[0] ?? NaN));
    for (const each of spacing) expect(each).toBeCloseTo(spacing[0] ?? NaN, 1);
  });

  test('SVG shows the part that is zoomed to', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [lenet], shown: ['lenet'] });
    await panel.settled();
    const whole = await exportedText(panel, 'SVG');
    await panel.page.getByRole('application', { name: /^Loss/ }).press('+');
    const zoomed = await exportedText(panel, 'SVG');
    const axis = (svg: string): string[] => [...svg.matchAll(/>(\d+)<\/text>/g)].map(([, label = '']) => label);
    expect(axis(whole)).toContain('8');
    expect(axis(zoomed)).not.toContain('8');
  });

  test('PNG is the same picture, sharp enough for print', async () => {
    const panel = await suite.open({ theme: 'dark' });
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: ['lenet', 'vgg'] });
    await panel.settled();
    const { name, content } = await exported(panel, 'PNG');
    expect(name).toBe('training-curves.png');
    const bytes = Buffer.from(content as number[]);
    writeFileSync(path.join(pictures, 'export.png'), bytes);
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ format: 'raw', width: 2 * 1240 });
    const wanted = [0, 1].map((slot) => parseInt(slotColour(slot, 'light').slice(1), 16));
    const found = new Map(wanted.map((colour) => [colour, 0]));
    for (let at = 0; at < data.length; at += info.channels) {
      const colour = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
      const count = found.get(colour);
      if (count !== undefined) found.set(colour, count + 1);
    }
    for (const count of found.values()) expect(count).toBeGreaterThan(2000);
    expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  test('one run gives the file its name; without numbers there is nothing to export', async () => {
    const panel = await suite.open();
    await panel.send({ type: 'snapshot', runs: [lenet, vgg], shown: ['lenet'] });
    expect((await exported(panel, 'CSV')).name).toBe('lenet-Adam-1e-3-.csv');
    await panel.page.getByRole('checkbox', { name: 'lenet' }).uncheck();
    await panel.settled();
    for (const format of ['PNG', 'SVG', 'CSV']) {
      expect(await panel.page.getByRole('button', { name: format }).isDisabled()).toBe(true);
    }
  });
});
