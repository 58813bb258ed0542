/*
 * Dynamic loss scaling, for gradients that are kept with 16 bits: the loss is multiplied by a number so large that they are not
 * rounded to zero, and what reaches the optimiser is divided by it. A step whose gradients are not all finite is skipped, and halves
 * the scale; after so many good steps in a row it doubles. Source: PyTorch, torch.amp.GradScaler (its default values too).
 *
 * All of it happens on the device, which nobody waits for. An optimiser's own count of steps (Adam's bias correction) goes on
 * over a step that is skipped; PyTorch's does not.
 */

/** State slot, f32 []: what the loss is multiplied by. */
export const lossScaleSlot = 'loss_scale';
/** State slot, f32 [2]: good steps since the scale changed last, and skipped steps of the whole run. */
export const lossScaleStepsSlot = 'loss_scale_steps';

export const firstLossScale = 65536;
/** Good steps after which it doubles. */
export const growthInterval = 2000;
