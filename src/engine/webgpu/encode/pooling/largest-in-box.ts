/**
 * `largest_in_box`: which element of a plane is the largest of a box, the first of equal ones, of NaNs the last; −1 where the
 * box is empty. The words of a tensor `x` are read, `size_h` and `size_w` are parameters.
 */
export const largestInBox = `fn largest_in_box(plane: u32, first: vec3<i32>, end: vec3<i32>, step: vec3<i32>) -> i32 {
  var best = 0i;
  var index = -1i;
  for (var z = first.x; z < end.x; z += step.x) {
    for (var y = first.y; y < end.y; y += step.y) {
      for (var x = first.z; x < end.z; x += step.z) {
        let place = (z * i32(p.size_h) + y) * i32(p.size_w) + x;
        let key = order_key(bitcast<f32>(load_x(plane + u32(place))));
        if (index < 0 || key > best || key == 0x7fffffff) {
          best = key;
          index = place;
        }
      }
    }
  }
  return index;
}`;
