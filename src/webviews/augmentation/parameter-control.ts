import { formatPipeline } from '../../core/data/augment/format-pipeline';
import {
  pythonName,
  type NumbersParameter,
  type Parameter,
  type ParameterValue,
} from '../../core/data/augment/parameter';
import { parsePipeline } from '../../core/data/augment/parse-pipeline';
import type { TransformConfig } from '../../core/data/augment/transform-config';
import { describeError } from '../../core/errors';
import { element, setText } from '../shared/dom';
import { setOptions } from '../shared/subject-picker';

/** Sets one parameter of a transform; its kind decides how. */
export interface ParameterControl {
  readonly root: HTMLElement;
  /** What it is now; under the hand it stays as it is. */
  update(value: ParameterValue): void;
}

export type ParameterChanged = (value: ParameterValue) => void;

/** `label`: of the transform and the parameter, for assistive technology. */
export function parameterControl(
  transform: string,
  name: string,
  parameter: Parameter,
  changed: ParameterChanged,
): ParameterControl {
  const label = `${transform} ${pythonName(name)}`;
  const control = controlOf(label, parameter, changed);
  const root = element(
    'div',
    { class: 'parameter', role: 'group', 'aria-label': pythonName(name), title: parameter.meaning },
    element('span', { class: 'parameter-name' }, pythonName(name)),
    control.root,
  );
  return { root, update: (value) => control.update(value) };
}

function controlOf(label: string, parameter: Parameter, changed: ParameterChanged): ParameterControl {
  switch (parameter.kind) {
    case 'numbers':
      return new NumbersControl(label, parameter, changed);
    case 'boolean': {
      const words = ['True', 'False', ...(parameter.none === undefined ? [] : [`None: ${parameter.none}`])];
      const values = [true, false, null];
      return choiceControl(
        label,
        words,
        (at) => changed(values[at] ?? null),
        (value) => values.indexOf(value as boolean),
      );
    }
    case 'choice':
      return choiceControl(
        label,
        parameter.choices,
        (at) => changed(parameter.choices[at] ?? null),
        (value) => parameter.choices.findIndex((choice) => choice === value),
      );
    case 'transforms':
      return transformsControl(label, changed);
  }
}

function choiceControl(
  label: string,
  words: readonly string[],
  chosen: (at: number) => void,
  placeOf: (value: ParameterValue) => number,
): ParameterControl {
  const select = element('select', { class: 'select', 'aria-label': label });
  setOptions(
    select,
    words.map((text, at) => ({ value: String(at), text })),
  );
  select.addEventListener('change', () => chosen(Number(select.value)));
  return { root: select, update: (value) => (select.value = String(placeOf(value))) };
}

/** Transforms within a transform, as text. */
function transformsControl(label: string, changed: ParameterChanged): ParameterControl {
  const input = element('textarea', { class: 'text nested', rows: 2, 'aria-label': label, spellcheck: 'false' });
  const problem = element('p', { class: 'field-problem', role: 'alert' });
  input.addEventListener('input', () => {
    try {
      const transforms = parsePipeline(input.value);
      setText(problem, transforms.length === 0 ? 'Write at least one transform.' : '');
      if (transforms.length > 0) changed(transforms);
    } catch (error) {
      setText(problem, describeError(error));
    }
  });
  return {
    root: element('div', { class: 'nested-field' }, input, problem),
    update: (value) => {
      if (document.activeElement === input) return;
      input.value = formatPipeline(value as readonly TransformConfig[]);
      setText(problem, '');
    },
  };
}

const formTitles = ['', 'one', 'two', 'three', 'four'];

/** Sliders with number fields; where a number may be a pair too, or nothing, how many there are is chosen. */
class NumbersControl implements ParameterControl {
  readonly root: HTMLElement;
  private readonly form = element('select', { class: 'select form' });
  private readonly fields = element('div', { class: 'number-fields' });
  private readonly inputs: {
    readonly slider: HTMLInputElement;
    readonly number: HTMLInputElement;
    readonly row: HTMLElement;
  }[] = [];
  private value: ParameterValue = null;

  constructor(
    private readonly label: string,
    private readonly parameter: NumbersParameter,
    private readonly changed: ParameterChanged,
  ) {
    const { lengths, none, word, ascending } = parameter;
    const forms = [
      ...lengths.map((length) => ({
        value: String(length),
        text: ascending && length === 2 ? 'from, to' : (formTitles[length] ?? String(length)),
      })),
      ...(none === undefined ? [] : [{ value: 'none', text: `None: ${none}` }]),
      ...(word === undefined ? [] : [{ value: 'word', text: word }]),
    ];
    setOptions(this.form, forms);
    this.form.setAttribute('aria-label', `${label}: how many values`);
    this.form.hidden = forms.length < 2;
    this.form.addEventListener('change', () => this.choose(this.form.value));
    this.root = element('div', { class: 'numbers' }, this.form, this.fields);
  }

  update(value: ParameterValue): void {
    this.value = value;
    const numbers = numbersIn(value);
    this.form.value = value === null ? 'none' : typeof value === 'string' ? 'word' : String(numbers.length);
    while (this.inputs.length < numbers.length) this.addField(this.inputs.length);
    this.inputs.forEach(({ slider, number, row }, at) => {
      const own = numbers[at];
      row.hidden = own === undefined;
      if (own === undefined) return;
      const { from, to } = this.range;
      slider.value = String(own);
      slider.style.setProperty('--filled', `${Math.min(100, Math.max(0, (100 * (own - from)) / (to - from)))}%`);
      if (document.activeElement !== number) number.value = String(own);
    });
  }

  private get range() {
    return this.parameter.slider;
  }

  private addField(at: number): void {
    const { from, to, step } = this.range;
    const { min, max } = this.parameter;
    const label =
      this.parameter.lengths.length > 1 || this.parameter.lengths[0] !== 1 ? `${this.label} ${at + 1}` : this.label;
    const slider = element('input', { type: 'range', min: from, max: to, step, 'aria-label': label });
    const number = element('input', {
      type: 'number',
      class: 'number',
      min: Number.isFinite(min) ? min : null,
      max: Number.isFinite(max) ? max : null,
      step: this.parameter.whole ? (this.parameter.odd ? 2 : 1) : 'any',
      'aria-label': `${label}, exactly`,
    });
    slider.addEventListener('input', () => this.set(at, Number(slider.value)));
    number.addEventListener('input', () => {
      if (number.value !== '' && Number.isFinite(Number(number.value))) this.set(at, Number(number.value));
    });
    const row = element('span', { class: 'number-field' }, slider, number);
    this.inputs.push({ slider, number, row });
    this.fields.append(row);
  }

  private set(at: number, value: number): void {
    const { min, max, ascending, odd } = this.parameter;
    let own = Math.min(max, Math.max(min, value));
    // A slider whose steps are even goes by odd sizes here.
    if (odd && own % 2 === 0) own = Math.min(max, own + 1);
    const numbers = numbersIn(this.value).map((each, place) => (place === at ? own : each));
    if (ascending && numbers.length === 2) {
      // The other end is taken along.
      const [first = 0, second = 0] = numbers;
      if (first > second) numbers[1 - at] = own;
    }
    this.changed(numbers.length === 1 ? own : numbers);
  }

  private choose(form: string): void {
    const { word } = this.parameter;
    if (form === 'none') return this.changed(null);
    if (form === 'word') return this.changed(word ?? null);
    const length = Number(form);
    const [first = startValue(this.parameter), second] = numbersIn(this.value);
    const numbers = Array.from({ length }, (_, at) => (at === 1 && second !== undefined ? second : first));
    this.changed(length === 1 ? first : spread(numbers, this.parameter));
  }
}

function numbersIn(value: ParameterValue): number[] {
  if (typeof value === 'number') return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
}

/** A pair from a single number spans something. */
function spread(numbers: readonly number[], { ascending, min }: NumbersParameter): readonly number[] {
  const [first = 0, second = 0] = numbers;
  if (!ascending || numbers.length !== 2 || first !== second) return numbers;
  return first > 0 ? [Math.max(min, min < 0 ? -first : first / 2), first] : [first, first];
}

/** Where nothing says what a parameter should be: the middle of its slider. */
export function startValue({ slider: { from, to, step }, whole, odd }: NumbersParameter): number {
  const middle = from + Math.round((to - from) / 2 / step) * step;
  const value = whole ? Math.round(middle) : Number(middle.toPrecision(3));
  return odd && value % 2 === 0 ? value + 1 : value;
}
