import type { ReceivedMessage } from './notice.ts';
import type { Signal } from './signal.ts';
import type { Way } from './way.ts';

/** One authentic SNS message and the signals understood from it; or what was found where no message came. */
export interface Arrival {
  readonly message: ReceivedMessage | undefined;
  readonly signals: readonly Signal[];
  /** How it was heard of, where SNS did not bring it. */
  readonly way?: Way | undefined;
}
