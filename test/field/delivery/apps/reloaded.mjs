// Calls ten times a second, each time with the number it tells on its standard output, until it is ended.
import { call } from './call.mjs';

for (let n = 0; ; n++) {
  await call(`${process.env.TARGET}/${process.pid}-${n}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
