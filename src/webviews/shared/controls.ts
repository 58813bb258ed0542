import { element } from './dom';

/* Native controls in VS Code's colours (controls.css): they work with every keyboard, screen reader and contrast theme. */

export interface Checkbox {
  readonly root: HTMLLabelElement;
  readonly input: HTMLInputElement;
}

export function checkbox(
  label: readonly (Node | string)[],
  title: string | null,
  changed: (on: boolean) => void,
): Checkbox {
  const input = element('input', { type: 'checkbox' });
  input.addEventListener('change', () => changed(input.checked));
  return { root: element('label', { class: 'checkbox', title }, input, ...label), input };
}

export interface Segments<Value extends string> {
  readonly root: HTMLElement;
  select(value: Value): void;
}

/** One of a few: radio buttons that look like one button with parts. */
export function segments<Value extends string>(
  name: string,
  legend: string,
  choices: readonly (readonly [value: Value, label: string, title?: string])[],
  changed: (value: Value) => void,
): Segments<Value> {
  const inputs = choices.map(([value]) => element('input', { type: 'radio', name, value }));
  const labels = choices.map(([value, label, title], index) => {
    const input = inputs[index] ?? element('input');
    input.addEventListener('change', () => changed(value));
    return element('label', { title: title ?? null }, input, element('span', {}, label));
  });
  return {
    root: element('div', { class: 'segments', role: 'radiogroup', 'aria-label': legend }, ...labels),
    select: (value) => {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}

export function button(label: string, title: string, pressed: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'button', title }, label);
  made.addEventListener('click', pressed);
  return made;
}
