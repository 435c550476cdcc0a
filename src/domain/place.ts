/** Accounts and regions in events are what somebody wrote: they become addresses of AWS endpoints, so only those of AWS's own form are taken. */

export function isAccount(value: unknown): value is string {
  return typeof value === 'string' && /^\d{12}$/.test(value);
}

/** `us-east-1`, `us-gov-west-1`; old records say `global`. */
export function isRegion(value: unknown): value is string {
  return typeof value === 'string' && /^([a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}|global)$/.test(value);
}
