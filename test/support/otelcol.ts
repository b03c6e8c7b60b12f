import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePorts } from './free-port.ts';
import { root } from './run-node.ts';
import { waitFor } from './wait-for.ts';

const built = spawnSync(process.execPath, [join(root, 'test/support/build-otelcol.mjs')], {
  encoding: 'utf8',
  timeout: 20 * 60_000,
});
/** Without Go nothing is built, which is said; a build that fails fails whoever starts it. */
export const hasOtelcol = built.status !== 3;
if (!hasOtelcol) process.stderr.write('not tried: no Go on the PATH to build the OpenTelemetry Collector\n');

export interface Otelcol extends AsyncDisposable {
  /** Takes one body of `/v1/traces`: protobuf, or JSON as text. */
  take(body: Buffer | string): Promise<void>;
  scrape(accept?: string): Promise<string>;
}

/** A real OpenTelemetry Collector with these of our configurations, and what more they read from the environment. */
export async function otelcolProcess(
  configs: readonly string[] = ['gateway'],
  env: Readonly<Record<string, string>> = {},
): Promise<Otelcol> {
  if (built.status !== 0) throw new Error(`the OpenTelemetry Collector was not built: ${built.stderr}`);
  const [otlp, grpc, metrics, health, own] = await freePorts(5);
  const args = configs.flatMap((name) => ['--config', `collector/otelcol/generated/${name}.yaml`]);
  const child = spawn(built.stdout.trim(), args, {
    cwd: root,
    env: {
      ...process.env,
      OTLP_HTTP_ENDPOINT: `127.0.0.1:${otlp}`,
      OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
      METRICS_ENDPOINT: `127.0.0.1:${metrics}`,
      HEALTH_ENDPOINT: `127.0.0.1:${health}`,
      TELEMETRY_PORT: String(own),
      FLUSH_INTERVAL: '1s',
      ...env,
    },
    stdio: 'ignore',
  });
  const answers = (url: string) => () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor(answers(`http://127.0.0.1:${health}/`), 'the OpenTelemetry Collector', 60_000);
  return {
    async take(body) {
      const isText = typeof body === 'string';
      const { status } = await fetch(`http://127.0.0.1:${otlp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': isText ? 'application/json' : 'application/x-protobuf' },
        body: isText ? body : Uint8Array.from(body),
      });
      if (status !== 200) throw new Error(`the OpenTelemetry Collector answered ${status}`);
    },
    scrape: async (accept = '*/*') =>
      (await fetch(`http://127.0.0.1:${metrics}/metrics`, { headers: { accept } })).text(),
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
