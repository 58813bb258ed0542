/** How the progress bars of a terminal look; a bar adds its format. */
export const barStyle = {
  barsize: 24,
  barCompleteChar: '█',
  barIncompleteChar: '░',
  hideCursor: true,
  clearOnComplete: true,
  // Numbers beside the bar change where the bar does not.
  forceRedraw: true,
  linewrap: false,
} as const;
