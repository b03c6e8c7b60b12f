import { adobeAnalytics } from './adobe-analytics.ts';
import { appStoreConnect } from './app-store-connect.ts';
import { asana } from './asana.ts';
import { authorizeNet } from './authorize-net.ts';
import { bitly } from './bitly.ts';
import { box } from './box.ts';
import { fingerprint } from './fingerprints.ts';
import { hubspot } from './hubspot.ts';
import { metaGraph } from './meta-graph.ts';
import type { Provider } from './provider.ts';
import { sapOdata } from './sap-odata.ts';
import { shopify } from './shopify.ts';
import { TABLES } from './tables.ts';
import { zendesk } from './zendesk.ts';

const OVERRIDES = new Map<string, Provider>(
  [
    ...TABLES,
    adobeAnalytics,
    appStoreConnect,
    asana,
    authorizeNet,
    bitly,
    box,
    hubspot,
    metaGraph,
    sapOdata,
    shopify,
    zendesk,
  ].map((provider) => [provider.name, provider]),
);

/** Adds a provider, or replaces a built-in one of that name. */
export const addOverride = (provider: Provider): void => void OVERRIDES.set(provider.name, provider);

/** What a provider does differently, by its name in the catalogue; undefined for most. */
export const override = (name: string): Provider | undefined => OVERRIDES.get(name);

/** The same for an answer: by the host's name if the catalogue has it, else by what its headers give away. */
export function overrideOf(listed: string | undefined, headerNames: Iterable<string>): Provider | undefined {
  const name = listed ?? fingerprint(headerNames);
  return name === undefined ? undefined : OVERRIDES.get(name);
}
