// Runs on any Node ≥ 18: brings the machine to where everything else can run. Does nothing on a machine that is ready.
// usage: node scripts/setup.mjs [--system] [--containers]   (Debian packages: Prometheus, Alertmanager, Chromium, curl, OpenSSL; a Docker engine)
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (line) => process.stderr.write(`setup: ${line}\n`);
const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((dir) => dir && existsSync(join(dir, name)));

function dependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.faultlayer-lock');
  const ready =
    existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(join(root, 'node_modules', '.bin', 'node'));
  if (ready) return;
  say('installing npm packages');
  // The `node` package asks the system's Node, which may be older than the packages want: that warning is expected.
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    say('npm ci failed; its words are above');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

/** Debian packages by the binary they bring. */
const SYSTEM = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
  chromium: 'chromium',
  curl: 'curl',
  openssl: 'openssl',
};
/** What the long suites need: an engine of its own for docker-compose.yml, and another store for remote write. */
const CONTAINERS = {
  'victoria-metrics': 'victoria-metrics',
  dockerd: 'docker.io',
  'docker-compose': 'docker-compose',
  iptables: 'iptables',
  ip: 'iproute2',
  busybox: 'busybox-static',
};

function system(packages) {
  // Upstream tarballs name the daemon `alertmanager`, Debian `prometheus-alertmanager`; browsers go by several names.
  const has = (binary) =>
    onPath(binary) ||
    (binary === 'prometheus-alertmanager' && onPath('alertmanager')) ||
    (binary === 'chromium' && (onPath('google-chrome') || onPath('chromium-browser')));
  const wanted = Object.keys(packages).filter((binary) => !has(binary));
  const missing = [...new Set(wanted.map((binary) => packages[binary]))];
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(`not found: ${missing.join(', ')}. On Debian or Ubuntu: sudo apt-get install ${missing.join(' ')}`);
    return;
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Packages must not start daemons of their own: the ports are ours to choose.
  const policy = '/usr/sbin/policy-rc.d';
  const own = !existsSync(policy);
  if (own) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', ...missing],
    ]) {
      const done = spawnSync('apt-get', args, { env, encoding: 'utf8' });
      if (done.status !== 0) say(`apt-get ${args[0]} failed: ${(done.stderr ?? '').trim().split('\n').at(-1)}`);
    }
  } finally {
    if (own) spawnSync('rm', ['-f', policy]);
  }
}

mkdirSync(join(root, '.cache'), { recursive: true });
dependencies();
if (process.argv.includes('--system')) system(SYSTEM);
if (process.argv.includes('--containers')) system(CONTAINERS);
