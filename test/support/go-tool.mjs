// Builds a program from Go modules into .cache/go/<version>/ and prints its path on stdout. Needs Go; takes minutes the first time, nothing when it is there.
// usage: node test/support/go-tool.mjs helm.sh/helm/v3/cmd/helm@v3.22.0
// Exit codes: 0 built, 1 the build failed, 3 no Go here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [path, version] = process.argv[2].split('@');
const cache = process.env.FAULTLAYER_CACHE ?? join(dirname(fileURLToPath(import.meta.url)), '../..', '.cache');
const folder = join(cache, 'go', version);
const binary = join(folder, basename(path));
if (!existsSync(binary)) {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
    process.stderr.write('go-tool: no Go on the PATH\n');
    process.exit(3);
  }
  mkdirSync(folder, { recursive: true });
  const built = spawnSync('nice', ['-n', '15', 'go', 'install', `${path}@${version}`], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
  });
  if (built.status !== 0) {
    process.stderr.write('go-tool: the build failed\n');
    process.exit(1);
  }
}
process.stdout.write(`${binary}\n`);
