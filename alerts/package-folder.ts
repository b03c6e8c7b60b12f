import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the package, seen from its source as well as from `dist/`: the nearest one above with a package.json. */
export function packageFolder(from: string = import.meta.dirname): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`no package.json above ${from}`);
    folder = above;
  }
  return folder;
}
