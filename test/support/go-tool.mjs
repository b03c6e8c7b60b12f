// Builds a program from Go modules into .cache/go/<version>/ and prints its path on stdout. Needs Go; takes minutes the first time, nothing when it is there.
// usage: node test/support/go-tool.mjs helm.sh/helm/v3/cmd/helm@v3.22.0 [build tags, with commas]
// Exit codes: 0 built, 1 the build failed, 3 no Go here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [target, tags = ''] = process.argv.slice(2);
const [path, version] = target.split('@');
const cache = process.env.FAULTLAYER_CACHE ?? join(dirname(fileURLToPath(import.meta.url)), '../..', '.cache');
const folder = join(cache, 'go', version);
const binary = join(folder, basename(path));
if (!existsSync(binary)) {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
    process.stderr.write('go-tool: no Go on the PATH\n');
    process.exit(3);
  }
  // `go install path@version` refuses a module with replace directives, as Jaeger's; a module that requires it leaves them out.
  const sources = join(folder, `${basename(path)}.module`);
  mkdirSync(sources, { recursive: true });
  writeFileSync(join(sources, 'go.mod'), 'module local/tool\n');
  const go = (...args) =>
    spawnSync('nice', ['-n', '15', 'go', ...args], {
      cwd: sources,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, GOFLAGS: `-mod=mod -tags=${tags}`, CGO_ENABLED: '0' },
    }).status === 0;
  if (!go('get', `${path}@${version}`) || !go('build', '-ldflags=-s -w', '-o', binary, path)) {
    process.stderr.write('go-tool: the build failed\n');
    process.exit(1);
  }
}
process.stdout.write(`${binary}\n`);
