/**
 * `node --require faultlayer/register app.js`. CommonJS and syntax of 2015 on purpose: a Node too old for the rest must get as
 * far as the version check, and then run the application as if we were not there.
 */
{
  const env = process.env;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = major > 22 || (major === 22 && minor >= 15);
  // Deno asks a person at a terminal for what it was not given, and the application would wait; `start` says so
  const { Deno } = globalThis as { Deno?: { permissions: { querySync(what: { name: string }): { state: string } } } };
  const isClosed = Deno !== undefined && Deno.permissions.querySync({ name: 'env' }).state !== 'granted';
  const isOn = (name: string) => {
    if (isClosed) return false;
    try {
      return /^(1|true|yes|on)$/i.test(env[name] || '');
    } catch (_error) {
      // one variable may be denied
      return false;
    }
  };
  const forced = isOn('FAULTLAYER_FORCE');
  const warn = (line: string) => process.stderr.write(`faultlayer: ${line}\n`);
  const attempt = (what: () => void) => {
    try {
      what();
    } catch (error) {
      warn(`not started: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  };
  // one file instead of several hundred modules
  const load = () => attempt(() => (require('./register.bundle.cjs') as { start: () => void }).start());
  // what a thread may not do is marked: the main thread is spared the loading of worker_threads
  const isThread = () => (process.chdir as { disabled?: boolean }).disabled === true;
  // Node runs `--require` again on the thread of the application's module hooks, which would take the metrics port from the main thread
  const isHooksThread = () =>
    isThread() && (require('node:worker_threads') as { isInternalThread?: boolean }).isInternalThread === true;
  // NODE_OPTIONS reaches the package manager that starts the application, whose own calls are nobody's outbound calls
  const isTool = () =>
    /(?:^|[\\/])(?:npm|npx|yarn|yarnpkg|pnpm|pnpx|corepack)(?:-cli|-[\d.]+)?(?:\.[cm]?js)?$/.test(
      process.argv[1] || '',
    );
  if (isTool() || isOn('FAULTLAYER_DISABLED') || (supported && isHooksThread())) {
    // not even loaded
  } else if (supported || forced) {
    load();
  } else {
    warn(`not started: needs Node 22.15 or later, this is ${process.versions.node}; FAULTLAYER_FORCE=1 tries anyway`);
  }
}
