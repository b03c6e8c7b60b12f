// Builds the OpenTelemetry Collector of collector/otelcol/builder.yaml from Go modules into .cache/otelcol/otelcol and prints
// its path on stdout. Needs Go; takes minutes the first time, nothing when the binary is there and the manifest has not changed.
// Exit codes: 0 built, 1 the build failed, 3 no Go here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const manifest = join(root, 'collector/otelcol/builder.yaml');
const cache = process.env.FAULTLAYER_CACHE ?? join(root, '.cache');
const out = join(cache, 'otelcol');
const binary = join(out, 'otelcol');
const stamp = join(out, 'manifest.sha256');
const digest = createHash('sha256').update(readFileSync(manifest)).digest('hex');

if (existsSync(binary) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) {
  process.stdout.write(`${binary}\n`);
  process.exit(0);
}
if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
  process.stderr.write('build-otelcol: no Go on the PATH\n');
  process.exit(3);
}
mkdirSync(out, { recursive: true });
const version = /version: (\S+)/.exec(readFileSync(manifest, 'utf8'))[1];
const sources = join(out, 'src');
mkdirSync(sources, { recursive: true });
writeFileSync(join(sources, 'builder.yaml'), readFileSync(manifest));
const built = spawnSync(
  'nice',
  ['-n', '15', 'go', 'run', `go.opentelemetry.io/collector/cmd/builder@v${version}`, '--config', 'builder.yaml'],
  { cwd: sources, stdio: ['ignore', 2, 2], env: { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' } },
);
if (built.status !== 0) {
  process.stderr.write('build-otelcol: the build failed\n');
  process.exit(1);
}
writeFileSync(binary, readFileSync(join(sources, 'otelcol/otelcol')), { mode: 0o755 });
writeFileSync(stamp, digest);
process.stdout.write(`${binary}\n`);
