import { button, checkbox } from '../shared/controls';
import { element, svgElement } from '../shared/dom';
import { looks } from './chart-lines';
import type { LineKind } from './chart-lines';
import { starCorners } from './marker-shapes';
import type { PanelState } from './panel-state';
import type { RunHistory } from './run-history';

/** What the kinds of lines look like; each can be left out. */
export class LineLegend {
  readonly root: HTMLElement;
  private readonly boxes;
  private readonly resetZoom: HTMLButtonElement;

  constructor(changed: (patch: Partial<PanelState>) => void) {
    this.boxes = {
      validation: checkbox([lineSample('validation'), 'Validation'], 'After each epoch', (validation) => {
        changed({ validation });
      }),
      top5: checkbox(
        [lineSample('top5'), 'Top-5'],
        'Share of validation images whose class is among the five likeliest',
        (top5) => changed({ top5 }),
      ),
      train: checkbox([lineSample('train'), 'Train'], 'Mean over each epoch', (train) => changed({ train })),
      steps: checkbox(
        [lineSample('steps'), 'Train steps'],
        'Loss between steps, smoothed; each value faint',
        (steps) => {
          changed({ steps });
        },
      ),
    };
    this.resetZoom = button('Reset zoom', 'Show everything (double-click in a chart, or 0)', () => {
      changed({ zoom: null });
    });
    const star = svgElement(
      'svg',
      { class: 'line-sample', viewBox: '0 0 18 16', width: 18, height: 16, 'aria-hidden': 'true' },
      svgElement('polygon', { points: points(9, 8.5, 7.5), fill: 'currentColor' }),
    );
    this.root = element(
      'div',
      { class: 'line-legend', role: 'group', 'aria-label': 'Lines' },
      this.boxes.validation.root,
      this.boxes.top5.root,
      this.boxes.train.root,
      this.boxes.steps.root,
      element('span', { class: 'legend-note', title: 'Lowest validation loss' }, star, 'Best checkpoint'),
      this.resetZoom,
    );
  }

  update(runs: readonly RunHistory[], state: PanelState): void {
    for (const kind of ['validation', 'top5', 'train', 'steps'] as const) this.boxes[kind].input.checked = state[kind];
    this.boxes.top5.root.hidden = !runs.some((run) => run.measures('valTop5'));
    this.resetZoom.classList.toggle('unneeded', state.zoom === null);
  }
}

function lineSample(kind: LineKind): SVGSVGElement {
  const look = looks[kind];
  const sample = svgElement(
    'svg',
    { class: 'line-sample', viewBox: '0 0 28 16', width: 28, height: 16, 'aria-hidden': 'true' },
    svgElement('path', {
      d: 'M1 8H27',
      stroke: 'currentColor',
      'stroke-width': look.width,
      'stroke-dasharray': look.dash.length > 0 ? look.dash.join(' ') : null,
    }),
  );
  if (kind === 'steps') {
    const noise = 'M1 9L4 5L7 11L10 4L13 12L16 6L19 11L22 5L25 10L27 7';
    sample.prepend(
      svgElement('path', { d: noise, fill: 'none', stroke: 'currentColor', opacity: looks.raw.opacity + 0.15 }),
    );
  }
  if (look.points !== 'none') {
    const fill = look.points === 'hollow' ? 'var(--vscode-editor-background)' : 'currentColor';
    const circle = svgElement('circle', { cx: 14, cy: 8, r: 3, stroke: 'currentColor', 'stroke-width': 1.25 });
    circle.style.fill = fill;
    sample.append(circle);
  }
  return sample;
}

function points(cx: number, cy: number, radius: number): string {
  return starCorners(radius)
    .map(([x, y]) => `${(x + cx).toFixed(2)},${(y + cy).toFixed(2)}`)
    .join(' ');
}
