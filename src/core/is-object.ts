/** Whether a value from outside has fields that may be looked at; what they hold is not known yet. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
