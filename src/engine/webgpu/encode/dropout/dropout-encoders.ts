import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { planeShape } from '../../../steps/tensors';
import { drawnWords, placeOfDraw } from '../arithmetic/draw';
import type { ElementEncoder, OpFamily } from '../encoder';

/** x·mask/(1 − p), one draw an element or a channel. */
const dropoutApply: ElementEncoder = (element) => {
  const { input, integer, inputTensor, keep, number, size, step } = element;
  const p = numberAttribute(step.attrs, 'p');
  if (p === 1) return '0.0';
  const threshold = Math.min(Math.round(p * 2 ** 32), 2 ** 32 - 1);
  const [, , places] = planeShape(inputTensor(0));
  const perChannel = booleanAttribute(step.attrs, 'perChannel');
  const { shape } = inputTensor(0);
  const own = perChannel ? keep(`i / ${size(places)}`) : 'i';
  const draw = placeOfDraw(element, 1, own, perChannel ? shape.slice(0, 2) : shape);
  const word = `${drawnWords(element, 1, draw)}[${draw} & 3u]`;
  return `select(${input(0)} * ${number(1 / (1 - p))}, 0.0, ${word} < bitcast<u32>(${integer(threshold)}))`;
};

export const dropoutEncoders: OpFamily = {
  elements: { dropout_apply: dropoutApply },
  kernels: {},
};
