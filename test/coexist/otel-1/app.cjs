// CommonJS: tracing first, then the application.
const sdk = require('./sdk.cjs');
require('../calls.cjs')(sdk);
