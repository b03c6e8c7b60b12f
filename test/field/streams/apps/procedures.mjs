import { create, createFileRegistry } from '@bufbuild/protobuf';
import { EmptySchema, FileDescriptorProtoSchema, file_google_protobuf_empty } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { Firestore } from '@google-cloud/firestore';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import grpc from '@grpc/grpc-js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const { ONE, TWO, NOBODY } = process.env;
const tried = async (name, call) => {
  const raised = await call().then(
    () => 'good',
    (error) => error.code ?? error.name,
  );
  console.log(`${name}: ${raised}`);
};
const all = async (stream) => {
  for await (const _ of stream);
};

const bytes = (x) => Buffer.from(x);
const method = (name) => ({
  path: `/acme.v1.Items/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes,
  responseDeserialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
});
const Items = grpc.makeGenericClientConstructor({ Denied: method('Denied'), Down: method('Down') }, 'Items');
for (const [target, name] of [
  [TWO, 'Denied'],
  [TWO, 'Down'],
  [NOBODY, 'Denied'],
]) {
  const client = new Items(target, grpc.credentials.createInsecure());
  await tried(
    `grpc-js ${name}`,
    () => new Promise((resolve, reject) => client[name]('x', (e) => (e ? reject(e) : resolve()))),
  );
  client.close();
}

const retryPolicy = {
  maxAttempts: 3,
  initialBackoff: '0.01s',
  maxBackoff: '0.02s',
  backoffMultiplier: 1,
  retryableStatusCodes: ['UNAVAILABLE'],
};
const Flaky = grpc.makeGenericClientConstructor({ Flaky: method('Flaky') }, 'Items');
const flaky = new Flaky(TWO, grpc.credentials.createInsecure(), {
  'grpc.service_config': JSON.stringify({ methodConfig: [{ name: [{ service: 'acme.v1.Items' }], retryPolicy }] }),
});
await tried(
  'grpc-js Flaky',
  () => new Promise((resolve, reject) => flaky.Flaky('x', (e) => (e ? reject(e) : resolve()))),
);
flaky.close();

const proto = create(FileDescriptorProtoSchema, {
  name: 'items.proto',
  package: 'acme.v1',
  syntax: 'proto3',
  dependency: ['google/protobuf/empty.proto'],
  service: [
    {
      name: 'Items',
      method: [
        {
          name: 'Get',
          inputType: '.google.protobuf.Empty',
          outputType: '.google.protobuf.Empty',
          serverStreaming: true,
        },
      ],
    },
  ],
});
const service = createFileRegistry(proto, (name) =>
  name === 'google/protobuf/empty.proto' ? file_google_protobuf_empty : undefined,
).getService('acme.v1.Items');
const empty = create(EmptySchema, {});
const transports = {
  'connect: unavailable': createConnectTransport({
    baseUrl: `http://${ONE}/streams/${encodeURIComponent('connect: unavailable')}`,
    httpVersion: '1.1',
    useBinaryFormat: false,
  }),
  grpc: createGrpcTransport({ baseUrl: `http://${TWO}` }),
  'grpc-web: exhausted': createGrpcWebTransport({
    baseUrl: `http://${ONE}/streams/${encodeURIComponent('grpc-web: exhausted')}`,
    httpVersion: '1.1',
  }),
};
for (const [name, transport] of Object.entries(transports))
  await tried(`connect-node ${name}`, () => all(createClient(service, transport).get(empty)));

const [host, port] = TWO.split(':');
const secrets = new SecretManagerServiceClient({
  apiEndpoint: host,
  port: Number(port),
  projectId: 'p',
  sslCreds: grpc.credentials.createInsecure(),
});
await tried('secret-manager', () => secrets.accessSecretVersion({ name: 'projects/p/secrets/s/versions/1' }));
await secrets.close();
const firestore = new Firestore({
  projectId: 'p',
  host: TWO,
  ssl: false,
  customHeaders: { authorization: 'Bearer owner' },
});
await tried('firestore', () => firestore.doc('a/b').get());
await firestore.terminate();

const mcp = new Client({ name: 'app', version: '1' });
await mcp.connect(new StreamableHTTPClientTransport(new URL(`http://${ONE}/mcp`)));
for (const name of ['unknown', 'broken']) await tried(`mcp ${name}`, () => mcp.callTool({ name }));
for (const name of ['tool', 'fine']) await tried(`mcp ${name}`, () => mcp.callTool({ name }));
await mcp.close();
