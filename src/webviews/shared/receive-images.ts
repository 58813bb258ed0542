import type { ImageReference } from '../../protocol/inspection';

/** Takes images that are pasted anywhere in the panel, or dropped on `dropZone`. */
export function receiveImages(
  dropZone: HTMLElement,
  taken: (image: Extract<ImageReference, { readonly kind: 'bytes' }>) => void,
  failed: (error: unknown) => void,
): void {
  const take = (event: Event, data: DataTransfer | null) => {
    const file = [...(data?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    if (!file) return;
    event.preventDefault();
    file.arrayBuffer().then((bytes) => taken({ kind: 'bytes', name: file.name, bytes: new Uint8Array(bytes) }), failed);
  };
  window.addEventListener('paste', (event) => take(event, event.clipboardData));
  dropZone.addEventListener('dragover', (event) => event.preventDefault());
  dropZone.addEventListener('drop', (event) => take(event, event.dataTransfer));
}
