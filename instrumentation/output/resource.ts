import { NAME, VERSION } from '../../src/version.ts';
import type { Reader } from '../base/environment.ts';
import { isGranted, RUNTIME } from '../base/runtime.ts';
import type { AttributeValue } from '../span/record.ts';

type Found = Record<string, AttributeValue>;

/**
 * The detectors of `OTEL_NODE_RESOURCE_DETECTORS` that need no network. Command line and arguments are left out on purpose:
 * they hold credentials too often.
 */
const DETECTORS: Readonly<Record<string, (reader: Reader) => Found>> = {
  env: (reader) => Object.fromEntries(reader.pairs('OTEL_RESOURCE_ATTRIBUTES')),
  host: () => {
    const os = process.getBuiltinModule('node:os');
    const name = isGranted({ name: 'sys', kind: 'hostname' }) ? { 'host.name': os.hostname() } : {};
    return { ...name, 'host.arch': ARCHITECTURES[process.arch] ?? process.arch };
  },
  os: () => ({ 'os.type': process.platform === 'win32' ? 'windows' : process.platform }),
  process: () => ({
    'process.pid': process.pid,
    'process.executable.name': process.title,
    'process.runtime.name': RUNTIME.name,
    'process.runtime.version': RUNTIME.version,
  }),
  serviceinstance: () => ({ 'service.instance.id': process.getBuiltinModule('node:crypto').randomUUID() }),
};
const BY_DEFAULT = ['env', 'host', 'os', 'process'];

/** Semantic conventions `host.arch` names for Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm: 'arm32', ia32: 'x86' };

/** Resource attributes of this process; `OTEL_SERVICE_NAME` wins over `OTEL_RESOURCE_ATTRIBUTES` (resource SDK specification). */
export function resourceOf(reader: Reader): ReadonlyMap<string, AttributeValue> {
  const wanted = reader.list('OTEL_NODE_RESOURCE_DETECTORS') ?? BY_DEFAULT;
  const names = wanted.includes('none') ? [] : wanted.includes('all') ? Object.keys(DETECTORS) : wanted;
  const resource = new Map<string, AttributeValue>([
    ['service.name', 'unknown_service:node'],
    ['telemetry.sdk.language', 'nodejs'],
    // no OpenTelemetry SDK makes these spans
    ['telemetry.sdk.name', NAME],
    ['telemetry.sdk.version', VERSION],
    ['telemetry.distro.name', NAME],
    ['telemetry.distro.version', VERSION],
  ]);
  // env last, so that what the operator states wins over what is detected
  for (const name of names.toSorted((a, b) => Number(a === 'env') - Number(b === 'env')))
    for (const [key, value] of Object.entries(DETECTORS[name]?.(reader) ?? {})) resource.set(key, value);
  const service = reader.text('OTEL_SERVICE_NAME');
  if (service !== undefined) resource.set('service.name', service);
  return resource;
}
