// Calls every SDK once per scenario and prints what the application saw, one JSON line each.
const [base, refused] = process.argv.slice(2);
const at = (sdk, scenario) => `${scenario === 'refused' ? refused : base}/${sdk}/${scenario}`;

const SDKS = {
  async stripe(url) {
    const { default: Stripe } = await import('stripe');
    const { hostname: host, port, protocol, pathname } = new URL(url);
    const stripe = new Stripe('sk_test_x', { host, port, protocol: protocol.slice(0, -1), maxNetworkRetries: 0 });
    return stripe.rawRequest
      ? stripe.rawRequest('GET', `${pathname}/v1/charges/ch_1`)
      : stripe.charges.retrieve('ch_1');
  },
  async openai(baseURL) {
    const { default: OpenAI } = await import('openai');
    return new OpenAI({ apiKey: 'sk-x', baseURL, maxRetries: 0 }).models.list();
  },
  async anthropic(baseURL) {
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    return new Anthropic({ apiKey: 'x', baseURL, maxRetries: 0 }).messages.create({
      model: 'm',
      max_tokens: 1,
      messages: [{ role: 'user', content: 'hi' }],
    });
  },
  async s3(endpoint) {
    const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
    return new S3Client({
      endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  },
  async dynamodb(endpoint) {
    const { DynamoDBClient, ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
    return new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }).send(new ListTablesCommand({}));
  },
  async octokit(baseUrl) {
    const { Octokit } = await import('@octokit/rest');
    return new Octokit({ baseUrl, auth: 'x', log: { debug() {}, info() {}, warn() {}, error() {} } }).repos.get({
      owner: 'o',
      repo: 'r',
    });
  },
  async slack(url) {
    const { WebClient, LogLevel } = await import('@slack/web-api');
    return new WebClient('xoxb', {
      slackApiUrl: `${url}/`,
      retryConfig: { retries: 0 },
      logLevel: LogLevel.ERROR,
      logger: { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => 'error' },
    }).chat.postMessage({ channel: 'C1', text: 'x' });
  },
  async twilio(url) {
    const { default: twilio } = await import('twilio');
    const client = twilio('ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'token');
    client.api.baseUrl = url;
    return client.messages.create({ to: '+1', from: '+2', body: 'x' });
  },
  async azure(url) {
    const { BlobServiceClient, AnonymousCredential } = await import('@azure/storage-blob');
    return new BlobServiceClient(url, new AnonymousCredential(), { retryOptions: { maxTries: 1 } }).getProperties();
  },
  async googleapis(url, name) {
    const { google } = await import('googleapis');
    return google
      .drive({ version: 'v3', auth: 'key', rootUrl: `${url}/`, retryConfig: { retry: 0 }, retry: false })
      .files.list({ q: name });
  },
  async axios(url) {
    const { default: axios } = await import('axios');
    return (await axios.get(url)).data;
  },
  async 'axios-fetch'(url) {
    const { default: axios } = await import('axios');
    return (await axios.get(url, { adapter: 'fetch' })).data;
  },
  async got(url) {
    const { default: got } = await import('got');
    return got(url, { retry: { limit: 0 } }).json();
  },
  async ky(url) {
    const { default: ky } = await import('ky');
    return ky(url, { retry: 0 }).json();
  },
  async 'node-fetch'(url) {
    const { default: fetch } = await import('node-fetch');
    const response = await fetch(url);
    return { status: response.status, body: await response.text() };
  },
  async superagent(url) {
    const { default: superagent } = await import('superagent');
    return (await superagent.get(url)).body;
  },
};

const show = (error, depth = 0) => ({
  constructor: error?.constructor?.name,
  name: error?.name,
  message: String(error?.message).replace(/Logger.*|\d{4}-\d\d-\d\dT\S+/g, ''),
  code: error?.code,
  status: error?.status ?? error?.statusCode ?? error?.$metadata?.httpStatusCode,
  requestId: error?.requestId ?? error?.request_id ?? error?.requestID,
  ...(error?.cause && depth < 3 && { cause: show(error.cause, depth + 1) }),
});

for (const [sdk, call] of Object.entries(SDKS))
  for (const scenario of ['error', 'cut', 'refused', 'ok']) {
    let saw;
    try {
      const value = await call(at(sdk, scenario), `${sdk}/${scenario}`);
      saw = { resolved: typeof value };
    } catch (error) {
      saw = { error: show(error) };
    }
    process.stdout.write(`${JSON.stringify({ name: `${sdk} ${scenario}`, saw })}\n`);
  }
await new Promise((done) => setTimeout(done, 1200));
process.exit(0);
