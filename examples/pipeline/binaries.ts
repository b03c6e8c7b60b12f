import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of the names that the PATH has, as a full path. Debian calls upstream's `alertmanager` `prometheus-alertmanager`. */
export function onPath(...names: string[]): string | undefined {
  for (const name of names)
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // look further
      }
    }
  return undefined;
}
