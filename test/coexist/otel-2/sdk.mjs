import * as api from '@opentelemetry/api';
import * as http from '@opentelemetry/instrumentation-http';
import * as undici from '@opentelemetry/instrumentation-undici';
import * as sdk from '@opentelemetry/sdk-node';
import start from '../otel-sdk.cjs';

export default start(api, sdk, http, undici);
