/** The thread of `load-beside.ts`: makes the messages, and posts those of them that it is asked to. */
import type { KeyObject } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { signerWith } from '../../src/sandbox/sns.ts';
import { type Load, post } from './load.ts';
import { type Batch, requests } from './messages.ts';

export interface Made {
  readonly certificate: string;
  readonly key: KeyObject;
  readonly batch: Batch;
}

/** From the message of one number to that before another. */
export type Range = Omit<Load, 'requests' | 'onAnswer'> & { readonly from: number; readonly to: number };

const { certificate, key, batch } = workerData as Made;
const pool = requests(signerWith(certificate, key), batch);
parentPort?.on('message', async ({ from, to, ...load }: Range) => {
  parentPort?.postMessage(await post({ ...load, requests: pool.slice(from, to) }));
});
parentPort?.postMessage('made');
