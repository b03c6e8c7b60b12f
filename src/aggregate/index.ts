export { Aggregator, type AggregatorOptions } from './aggregator.ts';
export { Batch, DOUBLES, INTS, REF } from './batch.ts';
export { COLUMN, COLUMNS, NUMBER } from './columns.ts';
export { Exposition, SeriesDropped } from './exposition.ts';
export { CONTENT_TYPES, END, type Format, formatOf, isLoopback, rebound, scraperOf } from './negotiate.ts';
export { type CallIds, Observer } from './observer.ts';
export { type Count, kindKey, overflowBy, overviewOf, type PairOverview, pairKey, takeGrowth } from './overview.ts';
