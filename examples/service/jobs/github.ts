import { Octokit } from '@octokit/rest';
import type { Job } from '../job.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const listIssues = (port: number): Job => {
  const octokit = new Octokit({
    auth: process.env['GITHUB_TOKEN'] ?? 'ghp_example',
    baseUrl: `https://api.github.test:${port}`,
    log: silent,
  });
  return async () => {
    await octokit.rest.issues.listForRepo({
      owner: 'acme',
      repo: 'shop',
      request: { signal: AbortSignal.timeout(5_000) },
    });
  };
};
