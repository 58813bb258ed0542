/** The error function and its kin, with the CPU engine's polynomials (`wasm/kernels/error-function.ts` and `special.ts`). */
export const errorFunctions: Readonly<Record<string, string>> = {
  // e^(-x^2): x^2 is taken apart, as rounding it would be multiplied by the exponential.
  bell: `fn bell(x: f32) -> f32 {
  let t = select(abs(x), 15.0, abs(x) > 15.0);
  let high = bitcast<f32>(bitcast<u32>(t) & 0xfffff000u);
  let rest = (t - high) * (t + high);
  let q = rest * -1.666666667e-1 + 0.5;
  return exponential(-(high * high)) * ((q * rest) * rest + (1.0 - rest));
}`,
  error_near: `fn error_near(x: f32) -> f32 {
  let square = x * x;
  var q = 7.853857728e-5 * square - 8.010192527e-4;
  q = q * square + 5.188327561e-3;
  q = q * square - 2.685381187e-2;
  q = q * square + 1.128358515e-1;
  q = q * square - 3.761262582e-1;
  q = q * square + 1.28379166e-1;
  return q * x + x;
}`,
  // 1 - erf |x| from 1 on, given e^(-x^2).
  error_rest_far: `fn error_rest_far(x: f32, density: f32) -> f32 {
  let t = select(abs(x), 11.0, abs(x) > 11.0);
  let plus = t + 2.75;
  let double = t * 2.0 + 1.0;
  let inverse = 1.0 / (plus * double);
  let u = ((t - 2.75) * double) * inverse;
  var q = 1.732682233e-3 * u - 2.593693528e-3;
  q = q * u - 1.044933805e-2;
  q = q * u + 5.231350829e-2;
  q = q * u - 1.144985255e-1;
  q = q * u + 1.44906794e-1;
  q = q * u - 7.130601043e-2;
  q = q * u - 1.304624925e-1;
  q = q * u + 1.258803625;
  return density * (q * (plus * inverse));
}`,
  error_function: `fn error_function(x: f32) -> f32 {
  if (abs(x) > 1.0) { return with_sign(1.0 - error_rest_far(x, bell(x)), x); }
  return error_near(x);
}`,
  // erfc x, given e^(-x^2).
  error_rest_with: `fn error_rest_with(x: f32, density: f32) -> f32 {
  if (abs(x) > 1.0) {
    let far = error_rest_far(x, density);
    return select(far, 2.0 - far, x < 0.0);
  }
  return 1.0 - error_near(x);
}`,
  error_rest: `fn error_rest(x: f32) -> f32 { return error_rest_with(x, bell(x)); }`,
  // e^(-x^2 / 2)
  normal_density: `fn normal_density(x: f32) -> f32 { return exponential((x * x) * -0.5); }`,
  // The share of the normal distribution that lies below x.
  normal_share: `fn normal_share(x: f32, density: f32) -> f32 {
  return 0.5 * error_rest_with(x * -0.707106781186547524, density);
}`,
  inverse_error_function: `fn inverse_error_function(x: f32) -> f32 {
  if (abs(x) == 1.0) { return with_sign(infinity(), x); }
  let w = -logarithm((1.0 - x) * (1.0 + x));
  if (w >= 5.0) {
    let t = sqrt(w) - 3.0;
    var q = -1.597743353e-4 * t + 8.251634567e-5;
    q = q * t + 1.292240274e-3;
    q = q * t - 3.656539289e-3;
    q = q * t + 5.765544695e-3;
    q = q * t - 7.626244533e-3;
    q = q * t + 9.43503756e-3;
    q = q * t + 1.001674233;
    return x * (q * t + 2.832977004);
  }
  let t = w - 2.5;
  var q = -8.791056453e-9 * t + 2.323264432e-8;
  q = q * t + 4.661706637e-7;
  q = q * t - 3.462704759e-6;
  q = q * t - 4.963347854e-6;
  q = q * t + 2.183444394e-4;
  q = q * t - 1.252741878e-3;
  q = q * t - 4.177386781e-3;
  q = q * t + 2.466402862e-1;
  return x * (q * t + 1.501409359);
}`,
};
