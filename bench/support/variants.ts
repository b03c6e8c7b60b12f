import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const register = join(root, 'dist/instrumentation/register.cjs');
const stock = join(root, 'bench/support/stock.cjs');

/** How a process that makes calls is preloaded. */
export interface Variant {
  readonly preload: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
export const VARIANTS = {
  none: { preload: [] },
  stock: { preload: [stock] },
  own: { preload: [register], env: { FAULTLAYER_SPANS: 'own' } },
  'stock + adopted': { preload: [register, stock], env: { FAULTLAYER_SPANS: 'adopted' } },
} satisfies Readonly<Record<string, Variant>>;
/** The three attributes that are always there, set as constants from the stock instrumentations' own hooks. */
export const CONSTANTS: Variant = { preload: [stock], env: { BENCH_ALWAYS: '1' } };

/**
 * How to run a program of bench/support under a variant.
 *
 * @param base its first argument, and where the spans go
 */
export const program = ({ preload, env }: Variant, name: string, base: string, ...more: string[]) => ({
  args: [...preload.flatMap((file) => ['--require', file]), join(root, 'bench/support', name), base, ...more],
  options: {
    cwd: root,
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_BSP_SCHEDULE_DELAY: '200', ...env },
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
