// An ES module: tracing first, then the application.

import calls from '../calls.cjs';
import sdk from './sdk.mjs';

await calls(sdk);
