/** A sign-in as it is stored, by this version or an older one. */
import { readBody, type Shape, storedBody } from '../stored-body.ts';
import type { SignIn } from './sign-in.ts';

/** What is not in bodies of before they had a version is optional. */
const shape: Shape<SignIn> = { of: 'sign-in', upgrades: [(older) => older], needs: ['eventId', 'eventName', 'at', 'principal', 'outcome'] };

export function storedSignIn(signIn: SignIn): string {
  return storedBody(shape, signIn);
}

export function readSignIn(body: string): SignIn {
  return readBody(shape, body);
}
