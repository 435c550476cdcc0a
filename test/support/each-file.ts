/** What every test file begins with. */
import { afterAll } from 'vitest';
import { removeFolders } from './folders.ts';

// Hooks run in the reverse order of their registration: this one after those of the file, which stop what uses the folders.
afterAll(removeFolders);
