/** The thread of `checkpoints.ts`: a connection of its own to the same file. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const database = new DatabaseSync(String(workerData));
database.exec('pragma wal_autocheckpoint = 0');
parentPort?.on('message', () => database.exec('pragma wal_checkpoint(passive)'));
