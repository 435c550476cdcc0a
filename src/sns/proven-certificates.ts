/** The URLs of certificates that have verified a message, in the database: a new process knows them before the first message comes. */
import { asAppError } from '../domain/error.ts';
import type { Log } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import { type Certificates, certificateSource } from './certificates.ts';
import { fetchCertificate } from './fetch-certificate.ts';
import { misplaced } from './signature.ts';

const fact = 'signing certificate ';

interface Options {
  readonly store: Pick<Store, 'delivery' | 'remember'>;
  readonly log: Log;
  /** Certificates of other regions than these topics' are left alone. */
  readonly topicArns: readonly string[];
  /** Turns the URL of a certificate into the one that it is fetched from: the sandbox serves its own. */
  readonly placeOf: (url: string) => string;
}

/**
 * Certificates whose known ones outlive the process. Fetching those begins at once and is not waited for: a message that needs one shares it.
 * @throws AppError `unavailable` when the database cannot be read
 */
export async function provenCertificates({ store, log, topicArns, placeOf }: Options): Promise<Certificates> {
  const { facts } = await store.delivery();
  const before = [...facts.keys()].filter((name) => name.startsWith(fact)).map((name) => name.slice(fact.length));
  const known = new Set(before.filter((url) => topicArns.some((topicArn) => misplaced(url, topicArn) === undefined)));
  const certificates = certificateSource({
    fetch: (url) => fetchCertificate(placeOf(url)),
    now: Date.now,
    onProven: (url) => {
      if (known.has(url)) return;
      known.add(url);
      store
        .remember(`${fact}${url}`, '', Date.now())
        .catch((thrown) => log.warn({ err: asAppError(thrown) }, 'signing certificate not remembered; it is fetched anew after a restart'));
    },
  });
  for (const url of known) {
    certificates.prove(url);
    certificates.at(url).catch((thrown) => log.warn({ url, err: asAppError(thrown) }, 'signing certificate not fetched yet'));
  }
  return certificates;
}
