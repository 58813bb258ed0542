import type { ClassScore } from '../../protocol/inspection';
import { element } from '../shared/dom';
import { formatNumber, formatShare } from '../shared/scale-bar';

/** The most probable classes as bars; each can be chosen, to be explained. */
export class ScoreTable {
  readonly root = element('table', { class: 'scores', 'aria-label': 'Classes by probability' });
  private readonly body = element('tbody');

  constructor(private readonly chosen: (index: number) => void) {
    const head = ['Class', 'Probability', 'Logit'].map((title) => element('th', { scope: 'col' }, title));
    this.root.append(element('thead', {}, element('tr', {}, ...head)), this.body);
  }

  /** `explained`: the class that the map on the image speaks of; `label`: the true one. */
  update(scores: readonly ClassScore[], explained: number, label: number | null): void {
    const focused = this.body.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-class')
      : undefined;
    this.body.replaceChildren(
      ...scores.map((score) => {
        const choose = element(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-class': score.class,
            'aria-pressed': String(score.class === explained),
            title: `Explain ${score.label}`,
          },
          score.label,
        );
        choose.addEventListener('click', () => this.chosen(score.class));
        const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
        bar.style.width = `${(100 * score.probability).toFixed(2)}%`;
        const truth = score.class === label;
        return element(
          'tr',
          { class: score.class === explained ? 'explained' : null },
          element(
            'th',
            { scope: 'row' },
            choose,
            ...(truth ? [element('span', { class: 'muted truth' }, 'true')] : []),
          ),
          element(
            'td',
            { class: 'with-bar' },
            bar,
            element('span', { class: 'share' }, formatShare(score.probability)),
          ),
          element('td', { class: 'numeric' }, formatNumber(score.logit)),
        );
      }),
    );
    if (focused) this.body.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
  }
}
