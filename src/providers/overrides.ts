import { fingerprint } from './fingerprints.ts';
import { addHosts } from './name.ts';
import type { Provider } from './tables.ts';
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

/** A provider of the application's own. */
export interface CustomProvider extends Provider {
  /** Host names; a leading dot stands for all names below. */
  readonly hosts: readonly string[];
}

/** Makes providers known to this process. Throws a sentence for one that cannot be used. */
export function addProviders(providers: readonly CustomProvider[]): void {
  for (const provider of providers) {
    if (typeof provider.name !== 'string' || !/^[\w.:-]{1,64}$/.test(provider.name))
      throw new Error("a provider needs a name of letters, digits, '.', ':', '_' or '-'");
    if (!Array.isArray(provider.hosts)) throw new Error(`the provider ${provider.name} needs a list of hosts`);
    addHosts(provider.hosts, provider.name);
    addOverride(provider);
  }
}
