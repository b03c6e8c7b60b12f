import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** PEM of the root, for whoever is to trust it. */
  readonly root: string;
  readonly intermediate: Pair;
  /** A server certificate signed by the intermediate, or by the root itself. */
  leaf(options: { names: readonly string[]; days?: number; issuerUrl?: string; byRoot?: boolean }): Pair;
  /** A certificate that signs itself. */
  selfSigned(names: readonly string[]): Pair;
  [Symbol.dispose](): void;
}

/** A root, an intermediate and leaves, made on the spot with openssl in a folder of their own. */
export function authority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-ca-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const pair = (name: string): Pair => ({
    key: readFileSync(file(`${name}.key`), 'utf8'),
    cert: readFileSync(file(`${name}.pem`), 'utf8'),
  });
  const newKey = (name: string): void =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
  const sign = (name: string, issuer: string, days: number, extensions: string): void => {
    newKey(name);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=Test ${name}`, '-out', `${name}.csr`);
    writeFileSync(file(`${name}.ext`), extensions);
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-days',
      String(days),
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  };
  const san = (names: readonly string[]): string =>
    `subjectAltName=${names.map((n) => (/^[\d.]+$|:/.test(n) ? `IP:${n}` : `DNS:${n}`)).join(',')}\n`;
  newKey('root');
  openssl('req', '-x509', '-key', 'root.key', '-subj', '/CN=Test root', '-days', '30', '-out', 'root.pem');
  sign(
    'intermediate',
    'root',
    30,
    'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n',
  );
  let count = 0;
  return {
    root: readFileSync(file('root.pem'), 'utf8'),
    intermediate: pair('intermediate'),
    leaf({ names, days = 30, issuerUrl, byRoot = false }) {
      const name = `leaf${++count}`;
      const aia = issuerUrl === undefined ? '' : `authorityInfoAccess=caIssuers;URI:${issuerUrl}\n`;
      sign(name, byRoot ? 'root' : 'intermediate', days, `${san(names)}${aia}`);
      return pair(name);
    },
    selfSigned(names) {
      const name = `self${++count}`;
      newKey(name);
      openssl(
        'req',
        '-x509',
        '-key',
        `${name}.key`,
        '-subj',
        `/CN=Test ${name}`,
        '-days',
        '30',
        '-addext',
        san(names).trim(),
        '-out',
        `${name}.pem`,
      );
      return pair(name);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
