import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';

/** The folder of the package, seen from its source as well as from `dist/`. */
export const packageFolder = (): string => dirname(findPackageJSON(import.meta.url)!);
