/** Where a plan's images come from. */
export type ImageSource =
  /** The host fills the input `images`, f32 [N, C, H, W], before every run. */
  | { readonly kind: 'host' }
  /**
   * The device keeps them as bytes, u8 [count, C, H, W] from the start of the region `data`; the host fills the input
   * `picks`, i32 [N, 4] or, with `erased`, [N, 8] (see core/ops/data/gather-images.ts). `mean`, `std` and `erased` by channel.
   */
  | {
      readonly kind: 'resident';
      readonly count: number;
      readonly mean: readonly number[];
      readonly std: readonly number[];
      readonly erased?: readonly number[];
    };

export const hostImages: ImageSource = { kind: 'host' };
