/** What an adapter is called, and what it says of itself. */
export interface AdapterNames {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly driver: string;
  readonly isFallbackAdapter: boolean;
}

/**
 * Whether an adapter computes on the CPU. Not every one says so by itself: Mesa's llvmpipe and lavapipe, SwiftShader, and
 * Windows' WARP ("Microsoft Basic Render Driver") go by their names.
 */
export function isSoftwareAdapter({ isFallbackAdapter, ...names }: AdapterNames): boolean {
  return isFallbackAdapter || softwareNames.test([names.name, names.architecture, names.driver].join(' '));
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|microsoft basic render|software rasterizer/i;
