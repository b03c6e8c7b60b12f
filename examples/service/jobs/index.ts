import type { Job } from '../job.ts';
import { readRates } from './exchange-rates.ts';
import { readIssue } from './github.ts';
import { answerQuestion } from './openai.ts';
import { readExport } from './s3.ts';
import { createPayment } from './stripe.ts';
import { readStock } from './warehouse.ts';

/** Every job the service can be told to run ($SERVICE_JOBS). Nothing in them knows of faultlayer. */
export const JOBS: Readonly<Record<string, (port: number) => Job>> = {
  stripe: createPayment,
  openai: answerQuestion,
  github: readIssue,
  aws: readExport,
  'exchange-rates': readRates,
  warehouse: readStock,
};
