// Lets every SDK repeat what the provider refuses twice, with the SDK's own idea of when; all at once, one asynchronous flow each.
const [base] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => 'error' };
const keys = { accessKeyId: 'a', secretAccessKey: 'b' };

const SDKS = {
  async 'openai GET'(baseURL) {
    const { default: OpenAI } = await import('openai');
    return new OpenAI({ apiKey: 'sk-x', baseURL, maxRetries: 2 }).models.list();
  },
  async 'openai POST'(baseURL) {
    const { default: OpenAI } = await import('openai');
    const messages = [{ role: 'user', content: 'hi' }];
    return new OpenAI({ apiKey: 'sk-x', baseURL, maxRetries: 2 }).chat.completions.create({ model: 'm', messages });
  },
  async 'anthropic POST'(baseURL) {
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    const messages = [{ role: 'user', content: 'hi' }];
    const client = new Anthropic({ apiKey: 'x', baseURL, maxRetries: 2 });
    return client.messages.create({ model: 'm', max_tokens: 1, messages });
  },
  async 'stripe GET'(url) {
    return stripe(url, 'GET');
  },
  async 'stripe POST'(url) {
    return stripe(url, 'POST');
  },
  async 's3 GET'(endpoint) {
    const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1', credentials: keys });
    return client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  },
  async 's3 PUT'(endpoint) {
    const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3');
    const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1', credentials: keys });
    return client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' }));
  },
  async 'dynamodb POST'(endpoint) {
    const { DynamoDBClient, ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
    return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: keys }).send(new ListTablesCommand({}));
  },
  async 'octokit GET'(baseUrl) {
    const { Octokit } = await import('@octokit/rest');
    const { retry } = await import('@octokit/plugin-retry');
    const client = new (Octokit.plugin(retry))({ baseUrl, log: quiet, retry: { retryAfterBaseValue: 1 } });
    return client.repos.get({ owner: 'o', repo: 'r' });
  },
  async 'azure HEAD'(url) {
    const { BlobServiceClient, AnonymousCredential } = await import('@azure/storage-blob');
    const retryOptions = { maxTries: 3, retryDelayInMs: 1, maxRetryDelayInMs: 5 };
    const client = new BlobServiceClient(url, new AnonymousCredential(), { retryOptions });
    return client.getContainerClient('c').exists();
  },
  async 'googleapis GET'(url) {
    const { google } = await import('googleapis');
    const retryConfig = { retry: 2, retryDelay: 1 };
    return google
      .drive({ version: 'v3', auth: 'key', rootUrl: `${url}/`, retryConfig })
      .files.list({ q: 'googleapis-GET' });
  },
  async 'got GET'(url) {
    const { default: got } = await import('got');
    return got(url, { retry: { limit: 2, calculateDelay: ({ computedValue }) => Math.min(computedValue, 1) } }).json();
  },
  async 'ky GET'(url) {
    const { default: ky } = await import('ky');
    return ky(url, { retry: { limit: 2, delay: () => 1 } }).json();
  },
};

async function stripe(url, method) {
  const { default: Stripe } = await import('stripe');
  const { hostname: host, port, protocol, pathname } = new URL(url);
  const client = new Stripe('sk_test_x', { host, port, protocol: protocol.slice(0, -1), maxNetworkRetries: 2 });
  return client.rawRequest(method, `${pathname}/v1/charges`, method === 'POST' ? { amount: 1 } : undefined);
}

await Promise.all(
  Object.entries(SDKS).map(async ([name, call]) => {
    const saw = await call(`${base}/${name.replace(' ', '-')}`).then(
      () => 'passed',
      (error) => `${error?.name}: ${error?.message}`,
    );
    process.stdout.write(`${name}: ${saw}\n`);
  }),
);
