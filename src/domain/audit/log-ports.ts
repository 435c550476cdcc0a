/** Where parts of the log go. */
import type { Files } from '../files.ts';
import type { AnchorBucket } from './anchor-object.ts';

export interface LogPorts {
  /** Undefined: there is none. */
  readonly anchorBucket: AnchorBucket | undefined;
  readonly files: Files;
}
