import { LAYERS, METRICS, type Owner } from '../../src/contract/index.ts';
import { evidenceLink, rowLink } from './links.ts';
import { calls, chosen, FAILING_RATIO, failures, ratio } from './promql.ts';
import { LAYER_MAPPING, OWNER_TEXT } from './style.ts';
import type { Column } from './table.ts';

/** What one failure is: the same four labels in the pages, in the links and here. */
export const PAIR = ['service_name', 'api_provider_name'] as const;
export const FAILURE = [...PAIR, 'api_failure_layer', 'api_provider_code'] as const;

/** All calls of the chosen services and providers; what a share is a share of. */
export const ALL = [chosen('service_name'), chosen('provider')];
/** Those of the chosen layers and codes. */
export const SELECTED = [...ALL, chosen('layer'), chosen('code')];

/** Share of the calls of a service to a provider that end as each failure. */
export const shareByFailure = ratio(failures(SELECTED, ...FAILURE), calls(ALL, ...PAIR), ...PAIR);
export const failingNow = `(\n${shareByFailure}\n) > ${FAILING_RATIO}`;
export const share = `(${failures(SELECTED)} or vector(0))\n/\n${calls(ALL)}`;

/** The newest deploy of each service, as it is known at the end of the time range. */
export const lastDeploy = `max by (service_name) (${METRICS.versionFirstSeen.name}{${chosen('service_name')}} @ end())`;

/** Copies the layer into further labels, so that its owner, stage and first check can be columns of their own. */
export const withLayerAs = (expr: string, ...labels: readonly string[]): string =>
  labels.reduce((inner, label) => `label_replace(${inner}, "${label}", "$1", "api_failure_layer", "(.+)")`, expr);

/** The owner in words, as a label. */
export const withOwnerText = (expr: string): string =>
  (Object.keys(OWNER_TEXT) as Owner[]).reduce((inner, owner) => {
    const layers = LAYERS.filter((l) => l.owner === owner).map((l) => l.name);
    return `label_replace(${inner}, "owner", "${OWNER_TEXT[owner]}", "api_failure_layer", "${layers.join('|')}")`;
  }, expr);

const toFailure = rowLink('failure', 'Open this failure', {
  service_name: 'Service',
  provider: 'Provider',
  layer: 'Layer',
  code: 'Code',
});
const toProvider = rowLink('provider', 'Open this provider', { provider: 'Provider' }, [
  'service_name',
  'layer',
  'code',
]);

/** Whether a service was deployed within the time range. */
export const deployedInRange = `${lastDeploy} > time() - $__range_s`;

/** The four columns that name a failure and lead to it. */
export const FAILURE_COLUMNS: readonly Column[] = [
  { from: 'service_name', name: 'Service', links: [toFailure] },
  { from: 'api_provider_name', name: 'Provider', links: [toProvider] },
  {
    from: 'api_failure_layer',
    name: 'Layer',
    mapping: LAYER_MAPPING,
    paint: 'background',
    width: 105,
    links: [toFailure, evidenceLink],
  },
  { from: 'api_provider_code', name: 'Code', links: [toFailure, evidenceLink], empty: '' },
];
