/**
 * `node --require faultlayer/register app.js`. CommonJS and syntax of 2015 on purpose: a Node too old for the rest must get as
 * far as the version check, and then run the application as if we were not there.
 */
{
  const env = process.env;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = major > 22 || (major === 22 && minor >= 15);
  const isOn = (name: string) => {
    try {
      return /^(1|true|yes|on)$/i.test(env[name] || '');
    } catch (_error) {
      // Deno without --allow-env
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
  const { bun, deno } = process.versions as { bun?: string; deno?: string };
  const runtime = bun ? 'Bun' : deno ? 'Deno' : '';
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
    if (runtime)
      warn(
        `under ${runtime} calls of node:http are seen, those of fetch only where ${runtime} publishes undici's channels`,
      );
    load();
  } else {
    warn(`not started: needs Node 22.15 or later, this is ${process.versions.node}; FAULTLAYER_FORCE=1 tries anyway`);
  }
}
