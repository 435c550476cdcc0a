/** What the environment says of the log. */
import { z } from 'zod';
import { list } from './config-forms.ts';
import { auditKeysOf } from './domain/audit/keys.ts';
import { Secret } from './domain/secret.ts';

export const auditVariables = {
  AUDIT_KEY: z
    .string()
    .transform(list)
    .refine((keys) => keys.length > 0 && keys.every((key) => key.length >= 32), {
      error: 'must be keys of 32 characters or more, the newest first, separated by commas: openssl rand -hex 32 makes one',
    })
    .transform((keys) => auditKeysOf(keys.map((key) => new Secret(key))))
    .default([]),
  AUDIT_BUCKET: z
    .string()
    .optional()
    .refine((name) => name === undefined || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name), {
      error: 'must be the name of an S3 bucket, output AuditBucketName of the central stack, or absent',
    }),
  AUDIT_STREAM: z.enum(['stdout'], { error: 'must be stdout, or absent' }).optional(),
} as const;
