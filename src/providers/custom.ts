import { addHosts } from './name.ts';
import { addOverride } from './overrides.ts';
import type { Provider } from './provider.ts';

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
