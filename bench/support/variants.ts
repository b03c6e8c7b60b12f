import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const register = join(root, 'dist/instrumentation/register.cjs');
const stock = join(root, 'bench/support/stock.cjs');
const QUIET = {
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
};

/** How a process that makes calls is preloaded. */
export interface Variant {
  readonly require?: readonly string[];
  readonly import?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its packages are those of bench/peers, installed on first use. */
  readonly peer?: true;
}
export const VARIANTS = {
  none: {},
  stock: { require: [stock] },
  own: { require: [register], env: { FAULTLAYER_SPANS: 'own' } },
  'stock + adopted': { require: [register, stock], env: { FAULTLAYER_SPANS: 'adopted' } },
} satisfies Readonly<Record<string, Variant>>;
/** Others that trace every outbound call, as their documentation preloads them. */
export const PEERS: Readonly<Record<string, Variant>> = {
  'auto-instrumentations': { require: ['@opentelemetry/auto-instrumentations-node/register'], env: QUIET },
  elastic: { import: ['@elastic/opentelemetry-node'], env: QUIET, peer: true },
  'dd-trace': {
    require: ['dd-trace/init'],
    env: { DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false', DD_REMOTE_CONFIGURATION_ENABLED: 'false' },
    peer: true,
  },
  sentry: { require: [join(root, 'bench/peers/sentry.cjs')], peer: true },
};
/** The three attributes that are always there, set as constants from the stock instrumentations' own hooks. */
export const CONSTANTS: Variant = { require: [stock], env: { BENCH_ALWAYS: '1' } };
const floor = join(root, 'bench/support/floor.cjs');
/** What no way can take less than: the first two of own spans, the others of adopting. */
export const FLOORS: Readonly<Record<string, Variant>> = {
  'floor: channels': { require: [floor] },
  'floor: and a header': { require: [floor], env: { BENCH_FLOOR: 'header' } },
  'stock + constants': CONSTANTS,
  'stock + as many': { require: [stock], env: { BENCH_ALWAYS: 'all' } },
};

/**
 * How to run a program of bench/ under a variant.
 *
 * @param base its first argument, and where the spans go
 */
export const program = (variant: Variant, name: string, base: string, ...more: string[]) => ({
  args: [
    ...(variant.require ?? []).flatMap((file) => ['--require', file]),
    ...(variant.import ?? []).flatMap((file) => ['--import', file]),
    join(root, 'bench', name),
    base,
    ...more,
  ],
  options: {
    cwd: root,
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: base,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      DD_TRACE_AGENT_URL: base,
      ...variant.env,
    },
  },
});

export const KINDS = ['fetch ok', 'fetch fail', 'http ok', 'http fail'] as const;
export type Kind = (typeof KINDS)[number];

const TITLE = 30;
/** Prints a row: a figure for every kind of call. */
export const line = (title: string, of: (kind: Kind) => number, digits: number): void =>
  console.log(title.padEnd(TITLE) + KINDS.map((kind) => of(kind).toFixed(digits).padEnd(14)).join(''));
/** Prints the head of such rows. */
export const head = (title: string): void =>
  console.log(title.padEnd(TITLE) + KINDS.map((kind) => kind.padEnd(14)).join(''));
