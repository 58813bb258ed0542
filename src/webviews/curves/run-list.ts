import { checkbox } from '../shared/controls';
import type { Checkbox } from '../shared/controls';
import { element, setText, svgElement } from '../shared/dom';
import type { ThemeKind } from '../shared/theme';
import { formatMetric } from './format';
import type { PanelState } from './panel-state';
import { runGlyph } from './run-glyph';
import type { RunHistory } from './run-history';

export interface RunListListener {
  shown(run: string, on: boolean): void;
  opened(run: string): void;
}

/** The runs there are, newest first: which of them are overlaid, how they look and how they do. */
export class RunList {
  private readonly list = element('ul', { class: 'run-list' });
  readonly root = element('nav', { class: 'runs', 'aria-label': 'Runs' }, element('h2', {}, 'Runs'), this.list);
  private rows: Row[] = [];

  constructor(private readonly listener: RunListListener) {}

  /** Another set of runs. Who was at one of them by keyboard stays there. */
  replace(runs: readonly RunHistory[]): void {
    const focused = this.rows.find(({ root }) => root.contains(document.activeElement));
    const onButton = document.activeElement instanceof HTMLButtonElement;
    this.rows = runs.map((run, index) => this.row(run, index));
    this.list.replaceChildren(...this.rows.map(({ root }) => root));
    const again = this.rows.find(({ run }) => run.id === focused?.run.id);
    again?.root.querySelector<HTMLElement>(onButton ? 'button' : 'input')?.focus();
  }

  update(state: PanelState, theme: ThemeKind): void {
    for (const { run, box, glyph, detail } of this.rows) {
      box.input.checked = state.shown.includes(run.id);
      const slot = state.slots[run.id];
      const look = box.input.checked && slot !== undefined ? `${theme} ${slot}` : '';
      if (glyph.dataset.look !== look) {
        glyph.dataset.look = look;
        glyph.replaceChildren(...(look !== '' && slot !== undefined ? [runGlyph(slot, theme)] : []));
      }
      const facts = runFacts(run);
      [...detail.children].forEach((line, index) => setText(line, facts[index] ?? ''));
    }
  }

  private row(run: RunHistory, index: number): Row {
    const glyph = element('span', { class: 'run-glyph-place' });
    const name = element('span', { class: 'run-name' }, run.name);
    const box = checkbox([glyph, name], `${run.name}\n${run.summary}`, (on) => this.listener.shown(run.id, on));
    const open = element('button', {
      type: 'button',
      class: 'icon-button',
      title: 'Open this run',
      'aria-label': `Open run ${run.name}`,
    });
    open.append(openIcon());
    open.addEventListener('click', () => this.listener.opened(run.id));
    const detail = element('p', { class: 'run-detail', id: `run-detail-${index}` }, element('span'), element('span'));
    box.input.setAttribute('aria-describedby', detail.id);
    return { run, box, glyph, detail, root: element('li', { class: 'run' }, box.root, open, detail) };
  }
}

/** `running · epoch 3/5` and, once there is a best checkpoint, `best 97.20 % at epoch 2`. */
export function runFacts(run: RunHistory): string[] {
  const facts: string[] = [run.status];
  if (run.epochs.length > 0 || run.status === 'running') {
    facts[0] = `${run.status} · epoch ${run.epochs.at(-1)?.epoch ?? 0}/${run.epochsPlanned}`;
  }
  const best = run.epochs.find(({ epoch }) => epoch === run.bestEpoch);
  if (best) facts.push(`best ${formatMetric('accuracy', best.valAccuracy)} at epoch ${best.epoch}`);
  return facts;
}

interface Row {
  readonly run: RunHistory;
  readonly root: HTMLElement;
  readonly box: Checkbox;
  readonly glyph: HTMLElement;
  readonly detail: HTMLElement;
}

function openIcon(): SVGSVGElement {
  const path = 'M6.5 3.5H3.5V12.5H12.5V9.5M9 3.5H12.5V7M12.5 3.5L7.5 8.5';
  return svgElement(
    'svg',
    { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
    svgElement('path', { d: path, fill: 'none', stroke: 'currentColor' }),
  );
}
