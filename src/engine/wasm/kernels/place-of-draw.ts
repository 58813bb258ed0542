/**
 * Random numbers are numbered as the whole batch has them, so that a part of it draws what the whole batch draws for its
 * images: word 4 of `random` is the part's first image, word 5 the number of images of the batch, or 0 where there is but
 * this part. `perImage` numbers belong to one image side by side, and `run` of them stand together; 0: there are no images.
 */
export function placeOfDraw(random: usize, perImage: i32, run: i32, i: i32): i32 {
  if (perImage == 0) return i;
  const images = load<i32>(random, 20);
  if (images == 0) return i;
  return (i / run) * (images * perImage) + load<i32>(random, 16) * perImage + (i % run);
}
