import { fingerprint } from './fingerprints.ts';
import type { Provider } from './provider.ts';
import { TABLES } from './tables.ts';

const OVERRIDES = new Map(TABLES.map((provider) => [provider.name, provider]));

/** Adds a provider, or replaces a built-in one of that name. */
export const addOverride = (provider: Provider): void => void OVERRIDES.set(provider.name, provider);

/** What a provider does differently, by its name in the catalogue; undefined for most. */
export const override = (name: string): Provider | undefined => OVERRIDES.get(name);

/** The same for an answer: by the host's name if the catalogue has it, else by what its headers give away. */
export function overrideOf(listed: string | undefined, headerNames: Iterable<string>): Provider | undefined {
  const name = listed ?? fingerprint(headerNames);
  return name === undefined ? undefined : OVERRIDES.get(name);
}
