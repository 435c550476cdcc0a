/** A method of the emulated Web API. */
export type Args = Record<string, unknown>;
export type Answer = { ok: boolean; error?: string; [key: string]: unknown };
export type Method = { readonly scopes: readonly string[]; readonly run: (args: Args) => Answer };

export function failure(error: string, errors?: readonly string[]): Answer {
  if (errors === undefined) return { ok: false, error };
  return { ok: false, error, errors, response_metadata: { messages: errors.map((message) => `[ERROR] ${message}`) } };
}
