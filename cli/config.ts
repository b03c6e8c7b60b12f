import { loadConfig, OPTIONS, type Option, unknownVariables } from '../src/config.ts';
import { command, didYouMean, JSON_FLAG, output, say } from './command.ts';

/** Maps and sets as JSON can show them; an empty one as unset. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return value.size === 0 ? undefined : Object.fromEntries(value);
  if (value instanceof Set) return value.size === 0 ? undefined : [...value];
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value ?? ''));

/** A sentence for each variable with our prefix that no option knows. */
export const notKnown = (env: NodeJS.ProcessEnv): string[] => {
  const known = Object.values(OPTIONS).map((o) => o.env);
  return unknownVariables(env).map((name) => `${name} is not known${didYouMean(name, known)}`);
};

/** Prints every option, its variable, value and source. Wrong values and unknown variables are named; then the exit code is 2. */
export const run = command({
  name: 'config',
  usage: 'usage: faultlayer config [--json]\n\nPrints the effective configuration.',
  options: { json: JSON_FLAG },
  run(values) {
    const { config, problems } = loadConfig(process.env);
    const wrong = [...problems, ...notKnown(process.env)];
    const rows = (Object.entries(OPTIONS) as [keyof typeof config, Option][]).map(([key, o]) => ({
      env: o.env,
      reader: o.reader,
      value: o.secret ? (process.env[o.env] ? '[set]' : undefined) : plain(config[key]),
      from: process.env[o.env] ? 'environment' : 'default',
      doc: o.doc,
    }));
    const lineOf = (r: (typeof rows)[number]): string =>
      `${r.env.padEnd(30)} ${shown(r.value).padEnd(24)} ${r.from.padEnd(12)} ${r.reader.padEnd(10)} ${r.doc}\n`;
    output(values, rows, () => rows.map(lineOf).join(''));
    for (const line of wrong) say(line);
    return wrong.length > 0 ? 2 : 0;
  },
});
