/** For dialogs: the kinds of images that are read. */
export const imageFilters: Readonly<Record<string, string[]>> = {
  Images: ['png', 'jpg', 'jpeg', 'webp', 'bmp', 'gif', 'tif', 'tiff'],
};
