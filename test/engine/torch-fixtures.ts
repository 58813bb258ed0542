import { readFileSync } from 'node:fs';
import { parseSafetensors, toFloat32, type SafeTensor } from '../../src/core/formats/safetensors';

/** What a script in test/fixtures/torch/ recorded, as JSON. */
export function readTorchJson(name: string): unknown {
  return JSON.parse(readFileSync(fixtureUrl(`${name}.json`), 'utf8'));
}

/** The tensors beside it. */
export function readTorchTensors(name: string): TorchTensors {
  const { tensors } = parseSafetensors(readFileSync(fixtureUrl(`${name}.safetensors`)), `${name}.safetensors`);
  return new TorchTensors(tensors, '');
}

export class TorchTensors {
  constructor(
    private readonly tensors: ReadonlyMap<string, SafeTensor>,
    private readonly prefix: string,
  ) {}

  /** Tensors whose names begin with `prefix`, under the rest of their names. */
  under(prefix: string): TorchTensors {
    return new TorchTensors(this.tensors, this.prefix + prefix);
  }

  get names(): readonly string[] {
    return [...this.tensors.keys()]
      .filter((name) => name.startsWith(this.prefix))
      .map((name) => name.slice(this.prefix.length));
  }

  shape(name: string): readonly number[] {
    return this.tensor(name).shape;
  }

  values(name: string): Float32Array {
    return toFloat32(this.tensor(name));
  }

  private tensor(name: string): SafeTensor {
    const tensor = this.tensors.get(this.prefix + name);
    if (!tensor) throw new Error(`The fixture has no tensor ${this.prefix}${name}`);
    return tensor;
  }
}

/** Path of a file of the repository. */
export function repositoryUrl(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}

function fixtureUrl(name: string): URL {
  return repositoryUrl(`test/fixtures/torch/${name}`);
}
