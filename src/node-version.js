// Plain JavaScript, so that an older Node can read it: says what is missing instead of "Unknown file extension".
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Sign-in Responder needs Node 22.18 or later to run, and this is ${process.version}.\n` +
      'On Linux "npm ci" brings one along: start it with npm (npm start, npm run sandbox, npm test), which finds it.\n' +
      'If npm left it out (other systems, or --omit=optional), install Node 24.\n',
  );
  process.exit(1);
}
