/** Sizes as people write them, `3, 224, 224`, `(3, 224, 224)`, `3x224x224`; undefined for what is not a shape. */
export function parseInputShape(text: string): readonly number[] | undefined {
  const inner = /^\s*[([]?\s*(.*?)\s*,?\s*[)\]]?\s*$/s.exec(text)?.[1] ?? '';
  const sizes = inner.split(/\s*[,x×]\s*/).map((each) => (/^\d{1,9}$/.test(each) ? Number(each) : NaN));
  return sizes.length <= maxDimensions && sizes.every((size) => size >= 1) ? sizes : undefined;
}

const maxDimensions = 5;
