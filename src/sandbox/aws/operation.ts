/** What a service of the emulated AWS is: operations by name. One file a service holds them. */
import type { Session } from './state.ts';

export type Json = Record<string, unknown>;

/** Who calls, and in which region: the credentials say both. */
export interface Caller extends Session {
  readonly region: string;
}

/** Returns the output; throws AwsError for what the service refuses. */
export type Operation = (caller: Caller, input: Json) => Json;

export type Operations = Readonly<Record<string, Operation>>;
