import { createServer } from 'node:net';

/** Every port the pipeline listens on, all on 127.0.0.1: what for, which variable moves it (0 = any free one), where it is by default. */
const TABLE = {
  provider: { what: 'fake provider, HTTPS', env: 'PIPELINE_PROVIDER_PORT', port: 9443 },
  control: { what: 'fake provider, switches', env: 'PIPELINE_CONTROL_PORT', port: 9444 },
  otlp: { what: 'collector, OTLP', env: 'PIPELINE_OTLP_PORT', port: 4318 },
  collector: { what: 'collector, metrics and pages', env: 'PIPELINE_COLLECTOR_PORT', port: 9468 },
  prometheus: { what: 'Prometheus', env: 'PIPELINE_PROMETHEUS_PORT', port: 9090 },
  alertmanager: { what: 'Alertmanager', env: 'PIPELINE_ALERTMANAGER_PORT', port: 9093 },
  receiver: { what: 'receiver of the pages', env: 'PIPELINE_RECEIVER_PORT', port: 9469 },
} as const;
export type Ports = { readonly [K in keyof typeof TABLE]: number };

/** Binds and frees a port; gives the port, or undefined when somebody else has it. */
const probe = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => {
      const taken = (server.address() as { port: number }).port;
      server.close(() => resolve(taken));
    });
  });

/** Reads the ports from the environment and makes sure that nobody has them; throws one line that names the first that is taken. */
export async function choosePorts(env: NodeJS.ProcessEnv): Promise<Ports> {
  const chosen: Record<string, number> = {};
  for (const [name, row] of Object.entries(TABLE)) {
    const text = env[row.env];
    const wanted = text === undefined || text === '' ? row.port : Number(text);
    if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535)
      throw new Error(`${row.env} must be a port from 0 to 65535, not '${text}'`);
    const port = await probe(wanted);
    if (port === undefined) throw new Error(`port ${wanted} (${row.what}) is taken; ${row.env}=0 takes a free one`);
    chosen[name] = port;
  }
  return chosen as Ports;
}
