import type { Api } from '../api.ts';
import { github } from './github.ts';
import { openai } from './openai.ts';
import { exchangeRates, warehouse } from './plain.ts';
import { s3 } from './s3.ts';
import { stripe } from './stripe.ts';

/** Every provider the example imitates. Names end in `.test` (RFC 6761), so that nothing here can reach a real one. */
export const APIS: readonly Api[] = [stripe, openai, github, s3, exchangeRates, warehouse];
