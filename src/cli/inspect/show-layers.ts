import { formatTable } from '../format';
import type { Inspection } from './inspection';

/** Every layer with the name that it is asked for by. */
export async function showLayers({ calls, subject, description, output, nameOf }: Inspection): Promise<void> {
  const { title, inputShape, classes, layers, epoch } = description;
  const checkpoints = subject.kind === 'run' ? await calls.checkpoints(subject.runFolder) : [];
  output.event({
    event: 'layers',
    ...{ title, inputShape, classes, epoch },
    checkpoints: checkpoints.map(({ epoch: own, best, last }) => ({ epoch: own, best, last })),
    layers: layers.map((layer) => ({
      name: nameOf(layer.id),
      op: layer.op,
      shape: layer.shape,
      weights: layer.weightShape,
    })),
  });
  const trained = epoch === null ? 'not trained' : `weights of epoch ${epoch}`;
  output.line(`${output.style.bold(title)}: images ${inputShape.join(' × ')}, ${trained}`);
  const rows = layers.map((layer) => [
    nameOf(layer.id),
    layer.title,
    layer.shape.join(' × '),
    layer.weightShape?.join(' × ') ?? '',
  ]);
  for (const line of formatTable(columns, rows)) output.line(line);
  if (checkpoints.length > 0) {
    const names = checkpoints.map(
      ({ epoch: own, best, last }) => `${own}${best ? ' (best)' : ''}${last ? ' (last)' : ''}`,
    );
    output.line(`Epochs whose weights are there: ${names.join(', ')}`);
  }
}

const columns = [
  { title: 'layer', align: 'left' },
  { title: 'kind', align: 'left' },
  { title: 'shape', align: 'left' },
  { title: 'filters', align: 'left' },
] as const;
