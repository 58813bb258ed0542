/** The place that an index names, counted from the front, −1 if there is none. */
export const indexPlace = `fn index_place(index: i32, size: u32) -> i32 {
  let place = select(index, index + i32(size), index < 0);
  return select(-1, place, place >= 0 && place < i32(size));
}`;
