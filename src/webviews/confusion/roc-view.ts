import { element, svgElement } from '../shared/dom';
import { formatNumber } from '../shared/scale-bar';
import type { RocCurve } from '../../core/inspect/class-metrics';
import { curveOf, type SplitResults } from './split-results';

/** Of the plot, in units of its own. */
const side = 320;
const margin = { left: 44, top: 10, right: 10, bottom: 40 };
/** More curves than this are a blot: then only the chosen one is drawn, and the first ones behind it. */
const mostCurves = 30;
/** Points nearer than this to the last one are not seen. */
const leastStep = 0.5;

/** ROC curves, each class against all others; the chosen one stands out. */
export class RocView {
  readonly root = element('section', { class: 'roc', 'aria-label': 'ROC curves' });

  private drawn: { readonly results: SplitResults; readonly chosen: number | null } | undefined;

  update(results: SplitResults, chosen: number | null): void {
    if (this.drawn?.results === results && this.drawn.chosen === chosen) return;
    this.drawn = { results, chosen };
    const { classes, scores } = results;
    const own = chosen === null ? undefined : classes[chosen];
    const curves = classes
      .filter(({ index, support }) => index !== chosen && support > 0)
      .slice(0, mostCurves)
      .map(({ index, name }) => ({ name, curve: curveOf(scores, index) }));
    const paths = curves.map(({ name, curve }) =>
      svgElement(
        'path',
        { class: 'curve', d: pathOf(curve) },
        svgElement('title', {}, document.createTextNode(`${name}: AUC ${formatNumber(curve.auc)}`)),
      ),
    );
    const chosenCurve = own && curveOf(scores, own.index);
    const count = curves.length < classes.length ? `${curves.length} of ${classes.length}` : String(classes.length);
    const told =
      own && chosenCurve
        ? `${own.name}: area under the curve ${formatNumber(chosenCurve.auc)}`
        : `${count} classes, each against all others`;
    this.root.replaceChildren(
      svgElement(
        'svg',
        {
          viewBox: `0 0 ${side + margin.left + margin.right} ${side + margin.top + margin.bottom}`,
          role: 'img',
          'aria-label': `ROC curves. ${told}`,
        },
        ...axes(),
        ...paths,
        ...(chosenCurve ? [svgElement('path', { class: 'curve chosen', d: pathOf(chosenCurve) })] : []),
      ),
      element('p', { class: 'roc-text' }, own ? told : `${told}. Choose a class under Classes to see its curve alone.`),
    );
  }
}

/** Empty where a class has no images, or all of them. */
function pathOf({ falsePositiveRate, truePositiveRate, auc }: RocCurve): string {
  if (Number.isNaN(auc)) return '';
  const parts: string[] = [];
  let [lastX, lastY] = [NaN, NaN];
  falsePositiveRate.forEach((falseRate, at) => {
    const x = margin.left + side * falseRate;
    const y = margin.top + side * (1 - (truePositiveRate[at] ?? 0));
    const isLast = at === falsePositiveRate.length - 1;
    if (!isLast && Math.hypot(x - lastX, y - lastY) < leastStep) return;
    parts.push(`${parts.length === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`);
    [lastX, lastY] = [x, y];
  });
  return parts.join('');
}

function axes(): readonly SVGElement[] {
  const text = (content: string, attributes: Readonly<Record<string, string | number>>) =>
    svgElement('text', attributes, document.createTextNode(content));
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const bottom = margin.top + side;
  return [
    ...ticks.flatMap((tick) => {
      const [x, y] = [margin.left + side * tick, bottom - side * tick];
      return [
        svgElement('line', { class: 'grid', x1: x, y1: margin.top, x2: x, y2: bottom }),
        svgElement('line', { class: 'grid', x1: margin.left, y1: y, x2: margin.left + side, y2: y }),
        text(String(tick), { x, y: bottom + 16, 'text-anchor': 'middle' }),
        text(String(tick), { x: margin.left - 6, y: y + 4, 'text-anchor': 'end' }),
      ];
    }),
    svgElement('line', { class: 'chance', x1: margin.left, y1: bottom, x2: margin.left + side, y2: margin.top }),
    text('False positive rate', { x: margin.left + side / 2, y: bottom + 34, 'text-anchor': 'middle' }),
    text('True positive rate', {
      x: 0,
      y: 0,
      transform: `translate(12 ${margin.top + side / 2}) rotate(-90)`,
      'text-anchor': 'middle',
    }),
  ];
}
