import { UserError } from '../../core/errors';

/** Carries what to tell a user who meant it to be a data set. */
export interface NotADataset {
  readonly format: 'none';
  readonly problem: UserError;
}

export function notADataset(message: string, remedy: string): NotADataset {
  return { format: 'none', problem: new UserError(message, remedy) };
}
