import type { Dim } from '../graph/dim';
import type { Framework, ValueShape } from './model-analysis';

/** A value as its framework prints it: `(N, 64, 112, 112)`; Keras and TensorFlow.js write `None` for the batch. */
export function formatValueShape(value: ValueShape, framework: Framework = 'pytorch'): string {
  switch (value.kind) {
    case 'tensor':
      return formatSizes(value.shape, framework);
    case 'several': {
      const items = value.items.map((item, index) => {
        const name = value.names?.[index];
        const text = formatValueShape(item, framework);
        return name === undefined ? text : `${name}: ${text}`;
      });
      return value.names ? `{${items.join(', ')}}` : `[${items.join(', ')}]`;
    }
    case 'unknown':
      return 'unknown';
    case 'other':
      return value.text;
  }
}

export function formatSizes(shape: readonly Dim[], framework: Framework = 'pytorch'): string {
  const batch = framework === 'keras' ? 'None' : framework === 'tensorflow.js' ? 'null' : 'N';
  const sizes = shape.map((size) => (size === 'N' ? batch : formatSize(size)));
  const [open, close] = framework === 'tensorflow.js' ? ['[', ']'] : ['(', ')'];
  return `${open}${sizes.join(', ')}${shape.length === 1 && framework !== 'tensorflow.js' ? ',' : ''}${close}`;
}

/** `16·N`, `H//2-2`: a single symbol needs no brackets. */
function formatSize(size: Dim): string {
  return String(size)
    .replaceAll('*', '·')
    .replace(/\((\w+)\)\/\//g, '$1//');
}
