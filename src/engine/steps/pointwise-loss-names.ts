/** Names of the losses that are a mean or sum of one number for each place. */
export const pointwiseLossNames = [
  ...['mse_loss', 'l1_loss', 'smooth_l1_loss', 'huber_loss', 'soft_margin_loss', 'hinge_embedding_loss'],
  ...['poisson_nll_loss', 'kl_div', 'binary_cross_entropy', 'binary_cross_entropy_with_logits'],
  ...['gaussian_nll_loss', 'margin_ranking_loss'],
] as const;
