import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine } from './engine.ts';

/**
 * Images under the names docker-compose.yml pulls, made of what this machine has: busybox, its C library, Node with npm, and Debian's Prometheus and
 * Alertmanager. They take the same command line, files and environment as the real ones.
 */
const which = (name: string): string => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();

/** Copies a program with the shared libraries it names. */
function install(root: string, program: string, as: string): void {
  const place = (from: string, to: string) => {
    if (existsSync(join(root, to))) return;
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(root, to));
  };
  place(program, as);
  let libraries = '';
  try {
    libraries = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return; // statically linked
  }
  for (const [, path] of libraries.matchAll(/(\/\S+) \(0x/g)) place(path!, path!);
}

function newRoot(folder: string, name: string): string {
  const root = join(folder, `root-${name}`);
  for (const directory of ['bin', 'etc', 'tmp', 'usr/bin', 'usr/local/bin', 'var'])
    mkdirSync(join(root, directory), { recursive: true });
  execFileSync('chmod', ['1777', join(root, 'tmp')]);
  install(root, which('busybox'), '/bin/busybox');
  const applets = execFileSync(which('busybox'), ['--list'], { encoding: 'utf8' }).split('\n');
  for (const applet of applets)
    if (applet && applet !== 'busybox') symlinkSync('/bin/busybox', join(root, 'bin', applet));
  symlinkSync('/bin/env', join(root, 'usr/bin/env'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n');
  return root;
}

function importRoot(engine: Engine, root: string, image: string, changes: readonly string[]): void {
  const tar = `${root}.tar`;
  execFileSync('tar', ['-C', root, '-cf', tar, '.']);
  engine.run('docker', ['import', ...changes.flatMap((change) => ['--change', change]), tar, image]);
}

const PATH = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';

/** Node with npm on a small root; the base of our own images. */
export function nodeBase(engine: Engine, image: string): void {
  const root = newRoot(engine.folder, 'node');
  install(root, process.execPath, '/usr/local/bin/node');
  const npm = realpathSync(which('npm'));
  const home = join(dirname(npm), '..');
  cpSync(home, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  // A machine behind a proxy with a certificate authority of its own trusts it inside the containers too.
  const authorities = process.env['NODE_EXTRA_CA_CERTS'];
  const trust: string[] = [];
  if (authorities && existsSync(authorities)) {
    copyFileSync(authorities, join(root, 'etc/authorities.pem'));
    trust.push('ENV NODE_EXTRA_CA_CERTS=/etc/authorities.pem');
  }
  importRoot(engine, root, image, [PATH, 'CMD ["node"]', ...trust]);
}

/** A daemon of this machine as the only program of an image, started the way the real image starts it. */
export function daemon(engine: Engine, image: string, name: string, program: string): void {
  const root = newRoot(engine.folder, name);
  install(root, which(program), `/bin/${name}`);
  // Debian's Alertmanager reads its default templates from files that upstream compiles in.
  const templates = '/usr/share/prometheus/alertmanager';
  if (existsSync(templates)) cpSync(templates, join(root, templates), { recursive: true, dereference: true });
  for (const data of ['prometheus', 'alertmanager']) {
    mkdirSync(join(root, data));
    execFileSync('chmod', ['777', join(root, data)]);
  }
  importRoot(engine, root, image, [PATH, `ENTRYPOINT ["/bin/${name}"]`, `WORKDIR /${name}`, 'USER nobody']);
}

/** A Node script in place of a daemon that no package of this machine has. */
export function script(engine: Engine, image: string, base: string, file: string): void {
  const folder = join(engine.folder, `script-${file.split('/').at(-1)}`);
  mkdirSync(folder);
  copyFileSync(file, join(folder, 'main.js'));
  cpSync(join(import.meta.dirname, '../../../node_modules/yaml'), join(folder, 'yaml'), { recursive: true });
  writeFileSync(
    join(folder, 'Dockerfile'),
    `FROM ${base}\nCOPY yaml /standin/node_modules/yaml\nCOPY main.js /standin/main.mjs\nENTRYPOINT ["node", "/standin/main.mjs"]\n`,
  );
  engine.run('docker', ['build', '-q', '-t', image, folder]);
}
