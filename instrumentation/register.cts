/**
 * `node --require faultlayer/register app.js`. CommonJS and syntax of 2015 on purpose: a Node too old for the rest must get as
 * far as the version check, and then run the application as if we were not there.
 */
{
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = major > 22 || (major === 22 && minor >= 15);
  const isOn = (name: string) => /^(1|true|yes|on)$/i.test(process.env[name] || '');
  const forced = isOn('FAULTLAYER_FORCE');
  const warn = (line: string) => process.stderr.write(`faultlayer: ${line}\n`);
  if (isOn('FAULTLAYER_DISABLED')) {
    // not even loaded
  } else if (supported || forced) {
    try {
      // one file instead of several hundred modules
      require('./register.bundle.cjs');
    } catch (error) {
      warn(`not started: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  } else {
    warn(`not started: needs Node 22.15 or later, this is ${process.versions.node}; FAULTLAYER_FORCE=1 tries anyway`);
  }
}
