import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** In a process of its own: what others have read stays read. Prints which packages were read by then. */
const program = `
  import { createRequire } from 'node:module';
  import { readAhead, sdk } from '${new URL('../../src/aws/sdk.ts', import.meta.url)}';
  const { cache } = createRequire(import.meta.url);
  const isRead = (name) => Object.keys(cache).some((file) => file.includes('/@aws-sdk/' + name + '/'));
  const told = () => console.log(['client-iam', 'client-sts', 'client-sqs'].filter(isRead).join());
  await readAhead(AbortSignal.abort());
  told();
  sdk.iam;
  told();
  await readAhead(new AbortController().signal);
  told();`;

it('reads a package of the SDK when it is first asked for, or ahead of that, and none after the stop', () => {
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect(stdout).toBe('\nclient-iam\nclient-iam,client-sts,client-sqs\n');
});
