import type { ImageReference, NetworkImage, Subject } from '../../protocol/inspection';
import { networkPicture } from './network-picture';
import type { Picture } from '../../core/inspect/picture';

/** Images asked for at a time: the process answers one after the other, and must not wait for the next question. */
const mostUnderWay = 8;
/** Bytes of images that are kept. */
const mostBytes = 64 * 2 ** 20;

/** Images of a network's data, got when they are looked at, in the order in which they were asked for. */
export class LazyImages {
  private readonly known = new Map<string, Picture>();
  private readonly wanted = new Map<string, ImageReference>();
  private readonly underWay = new Set<string>();
  private generation = 0;
  private subject: Subject | undefined;

  constructor(
    private readonly load: (subject: Subject, image: ImageReference) => Promise<NetworkImage>,
    /** Some have come. */
    private readonly arrived: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Another network may see its images in another size: what was got is forgotten. */
  reset(subject: Subject): void {
    this.subject = subject;
    this.generation++;
    this.known.clear();
    this.wanted.clear();
    this.underWay.clear();
  }

  /** What has been scrolled out of sight is wanted no more; what is still seen is asked for again. */
  forgetWanted(): void {
    this.wanted.clear();
  }

  /** Undefined: it is not there yet, and is asked for. */
  get(image: ImageReference): Picture | undefined {
    const key = JSON.stringify(image);
    const known = this.known.get(key);
    if (known) {
      this.known.delete(key);
      this.known.set(key, known);
      return known;
    }
    if (!this.underWay.has(key)) {
      this.wanted.set(key, image);
      this.goOn();
    }
    return undefined;
  }

  private goOn(): void {
    const { subject, generation } = this;
    while (subject && this.underWay.size < mostUnderWay) {
      const [next] = this.wanted;
      if (!next) return;
      const [key, image] = next;
      this.wanted.delete(key);
      this.underWay.add(key);
      this.load(subject, image).then(
        (loaded) => {
          if (generation !== this.generation) return;
          this.underWay.delete(key);
          this.keep(key, networkPicture(loaded));
          this.arrived();
          this.goOn();
        },
        (error: unknown) => {
          if (generation !== this.generation) return;
          // One that fails is followed by others that do: they are not asked for.
          this.underWay.delete(key);
          this.wanted.clear();
          this.failed(error);
        },
      );
    }
  }

  private keep(key: string, picture: Picture): void {
    this.known.set(key, picture);
    const most = Math.max(16, Math.floor(mostBytes / picture.pixels.length));
    for (const oldest of this.known.keys()) {
      if (this.known.size <= most) break;
      this.known.delete(oldest);
    }
  }
}
