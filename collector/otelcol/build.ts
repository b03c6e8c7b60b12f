import { stringify } from 'yaml';
import { agent, gateway, remoteWrite } from './config.ts';

const HEAD = '# Generated from src/contract/ by scripts/gen.ts; edit collector/otelcol/*.ts.\n';

/** The Collector's configuration files, by path from the repository root. */
export function generate(): Map<string, string> {
  const files = { agent: agent(), gateway: gateway(), 'remote-write': remoteWrite() };
  return new Map(
    Object.entries(files).map(([name, config]) => [
      `collector/otelcol/generated/${name}.yaml`,
      // Anchors for repeated parts would be right, and unreadable.
      HEAD + stringify(config, { lineWidth: 160, aliasDuplicateObjects: false }),
    ]),
  );
}
