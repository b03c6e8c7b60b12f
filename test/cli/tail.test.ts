import { expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';

it('says that no collector answers', async () => {
  const ran = await faultlayer(['tail'], { FAULTLAYER_HTTP_PORT: '1' });
  expect(ran).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('no collector answers at http://localhost:1'),
  });
});

it('refuses a layer that there is not', async () => {
  const ran = await faultlayer(['tail', '--layer', 'banana']);
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('layer is one of client, dns') });
});
