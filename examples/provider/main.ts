import { mkdirSync } from 'node:fs';
import { startProvider } from './provider.ts';

/** The fake provider as a process of its own: prints one line of JSON when it listens. */
const folder = process.env['PROVIDER_FOLDER'] ?? '.cache/provider';
mkdirSync(folder, { recursive: true });
startProvider({
  host: process.env['PROVIDER_HOST'] ?? '127.0.0.1',
  port: Number(process.env['PROVIDER_PORT'] ?? 9443),
  controlPort: Number(process.env['PROVIDER_CONTROL_PORT'] ?? 9444),
  folder,
  address: process.env['PROVIDER_ADDRESS'] ?? '127.0.0.1',
}).then(
  (provider) => {
    process.stdout.write(
      `${JSON.stringify({ ready: true, port: provider.port, controlPort: provider.controlPort })}\n`,
    );
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => void provider.close().then(() => process.exit(0)));
  },
  (error: Error) => {
    process.stderr.write(`provider: ${error.message}\n`);
    process.exitCode = 1;
  },
);
