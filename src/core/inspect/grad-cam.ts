/**
 * Grad-CAM: ReLU(Σ_k α_k A_k), α_k the mean over places of the class score's gradient with respect to map k. `maps` and
 * `gradients` [channels, places] → [places], as it is (not scaled). Source: Selvaraju et al., 'Grad-CAM: Visual
 * Explanations from Deep Networks via Gradient-based Localization', 2017.
 */
export function gradCam(maps: Float32Array, gradients: Float32Array, channels: number): Float32Array {
  const places = maps.length / channels;
  const sums = new Float64Array(places);
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * places;
    let alpha = 0;
    for (let place = 0; place < places; place++) alpha += gradients[start + place] ?? 0;
    alpha /= places;
    for (let place = 0; place < places; place++) {
      sums[place] = (sums[place] ?? 0) + alpha * (maps[start + place] ?? 0);
    }
  }
  return Float32Array.from(sums, (value) => Math.max(0, value));
}
