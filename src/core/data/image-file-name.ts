/** Whether the name ends as an image that CNN Lab can decode does. */
export function isImageFileName(fileName: string): boolean {
  const dot = fileName.lastIndexOf('.');
  return dot > 0 && imageExtensions.has(fileName.slice(dot + 1).toLowerCase());
}

const imageExtensions: ReadonlySet<string> = new Set([
  'png',
  'jpg',
  'jpeg',
  'jpe',
  'jfif',
  'webp',
  'bmp',
  'dib',
  'gif',
  'tif',
  'tiff',
]);

/** For messages. */
export const imageFormatNames = 'PNG, JPEG, WebP, BMP, GIF or TIFF';
