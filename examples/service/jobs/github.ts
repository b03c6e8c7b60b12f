import { Octokit } from '@octokit/rest';
import type { Job } from '../job.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const readIssue = (port: number): Job => {
  const octokit = new Octokit({
    auth: process.env['GITHUB_TOKEN'] ?? 'ghp_example',
    baseUrl: `https://api.github.test:${port}`,
    log: silent,
  });
  return async (n) => {
    await octokit.rest.issues.get({
      owner: 'acme',
      repo: 'shop',
      issue_number: n,
      request: { signal: AbortSignal.timeout(5_000) },
    });
  };
};
