import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const register = join(root, 'dist/instrumentation/register.cjs');
const stock = join(root, 'bench/support/stock.cjs');

/** How a process that makes calls is preloaded. */
export interface Variant {
  readonly preload: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
export const NONE: Variant = { preload: [] };
export const STOCK: Variant = { preload: [stock] };
/** The three attributes that are always there, set as constants from the stock instrumentations' own hooks. */
export const CONSTANTS: Variant = { preload: [stock], env: { BENCH_ALWAYS: '1' } };
export const OWN: Variant = { preload: [register], env: { FAULTLAYER_SPANS: 'own' } };
export const ADOPTED: Variant = { preload: [register, stock], env: { FAULTLAYER_SPANS: 'adopted' } };

/** The arguments of `node` that preload it. */
export const requires = ({ preload }: Variant): string[] => preload.flatMap((file) => ['--require', file]);
/** @param base where the spans go */
export const environment = ({ env }: Variant, base: string): NodeJS.ProcessEnv => ({
  ...process.env,
  OTEL_EXPORTER_OTLP_ENDPOINT: base,
  OTEL_BSP_SCHEDULE_DELAY: '200',
  ...env,
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
