/** Why a database does not open, and the fix, by the codes of Node, SQLite and Postgres ("PostgreSQL Error Codes", appendix A). */
import { AppError } from '../domain/error.ts';

const file: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written to. Let the responder’s user write its folder and all files there (in a container: the user of the volume).',
  EPERM: 'it may not be written to. Let the responder’s user write its folder and all files there.',
  EROFS: 'it is on a file system that is read only. Mount it writable, or choose another path.',
  EISDIR: 'it is a folder. Give the file in it: file:FOLDER/responder.db.',
  ENOTDIR: 'a part of its path is a file, not a folder.',
  EEXIST: 'a part of its path is a file, not a folder.',
  ENOSPC: 'the disk is full.',
  '8': 'it is read only. Let the responder’s user write the file and its folder.',
  '10': 'the disk gives errors. Look at the system’s log; keep a copy before anything else.',
  '11': 'the file is damaged. Put the newest backup in its place.',
  '13': 'the disk is full.',
  '14': 'the file cannot be opened. Let the responder’s user read and write it and its folder.',
  '26': 'the file is no SQLite database. Choose another path.',
};

const untrusted =
  'its certificate is not trusted. Add &sslrootcert=FILE, with the certificates of who signed it (RDS: the region’s bundle), or set NODE_EXTRA_CA_CERTS=FILE in the environment of the process.';
const postgres: Readonly<Record<string, string>> = {
  ENOENT: 'nothing listens there. Start Postgres, or correct the folder of its socket.',
  ECONNREFUSED: 'nothing listens there. Start Postgres, or correct host and port.',
  ENOTFOUND: 'its host has no address. Correct the host.',
  EAI_AGAIN: 'the name service does not answer for its host. Check DNS.',
  ETIMEDOUT: 'it does not answer. Check the network and the security group.',
  EHOSTUNREACH: 'there is no way to its host. Check the network.',
  '28P01': 'user or password is wrong.',
  '28000': 'it does not let this user in from here. Check pg_hba.conf, and sslmode in the address.',
  '3D000': 'there is no such database. Create it, or correct its name.',
  '42501': 'the user lacks a right. Grant it as the owner: docs/running.md, “Append only”, step 2.',
  '3F000': 'it has no schema that the user may use. As the owner: GRANT CREATE, USAGE ON SCHEMA public TO the user; or correct search_path.',
  '42P07': 'it has a table of the responder’s name already. Give the responder a database, or a schema, of its own.',
  '53100': 'the disk of its server is full.',
  '53300': 'it has no connection left. Raise max_connections, or end other clients.',
  '57P03': 'it is just starting or stopping. Try again in a moment.',
  '08P01': 'what is in front of it (PgBouncer?) refuses a start-up parameter. Add that one to ignore_startup_parameters.',
  '25006': 'it takes no writes. Give the address of the primary, not of a replica.',
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: 'its certificate is out of date. Renew it.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name. Use the host name that it is for.',
};

/** What has no code. */
const unnamed: readonly (readonly [RegExp, string])[] = [
  [/timeout/i, 'it does not answer in time. Check the network.'],
  [/does not support SSL/, 'it does not speak TLS. Switch ssl on in the server; where the network itself is trusted, sslmode=disable.'],
];

/** The files that the address names are read before anything is sent. */
function filesOfAddress(thrown: unknown): string | undefined {
  const { code, syscall, path } = thrown as NodeJS.ErrnoException;
  if (syscall !== 'open' && syscall !== 'read') return undefined;
  const says: Record<string, string> = {
    ENOENT: 'does not exist. Correct the path.',
    EACCES: 'may not be read. Let the responder’s user read it.',
    EISDIR: 'is a folder. Give the file in it.',
  };
  const named = `the file that sslrootcert, sslcert or sslkey names${path === undefined ? '' : ` (${path})`}`;
  return `${named} ${says[String(code)] ?? `cannot be read (${code}).`}`;
}

/** What opening a database threw, as one sentence with its fix. @param where the path, or nothing for Postgres: its address holds a password */
export function databaseFailure(thrown: unknown, where: string | undefined): AppError {
  if (thrown instanceof AppError) return thrown;
  const { code, errcode, message = '' } = thrown as { code?: unknown; errcode?: number; message?: string };
  const what = where === undefined ? 'Postgres' : where;
  const known = where === undefined ? (filesOfAddress(thrown) ?? postgres[String(code)]) : fileFailure({ code, errcode });
  const unknown = unnamed.find(([form]) => form.test(message))?.[1] ?? `it could not be opened. ${message}`;
  return new AppError('unavailable', `DATABASE_URL: ${what}: ${known ?? unknown}`, { cause: thrown });
}

function fileFailure({ code, errcode }: { code?: unknown; errcode?: number | undefined }): string | undefined {
  return file[String(errcode === undefined ? code : errcode & 255)] ?? file[String(code)];
}

/** Why a database that was open does not take something, with the fix; undefined: it is none of the usual reasons. */
export function knownFailure(thrown: unknown): string | undefined {
  const { code, errcode } = thrown as { code?: unknown; errcode?: number };
  return errcode === undefined ? postgres[String(code)] : fileFailure({ code, errcode });
}
