import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { VERSION } from '../../src/version.ts';

it('is the version of package.json', () => expect(VERSION).toBe(manifest.version));

it('is the version of every image that is named', () => {
  const compose = readFileSync(join(import.meta.dirname, '../../docker-compose.yml'), 'utf8');
  const tags = [...compose.matchAll(/image: faultlayer\/\w+:(\S+)/g)].map(([, tag]) => tag);
  expect(tags.length).toBeGreaterThan(0);
  expect(new Set(tags)).toEqual(new Set([manifest.version]));
});
