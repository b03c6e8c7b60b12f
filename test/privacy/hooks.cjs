// Hooks that copy what is secret: what they say must be redacted like anything else, so they run first.
const NAMES = ['authorization', 'cookie', 'x-api-key'];

module.exports = {
  enrich: (call) => {
    const headers = NAMES.filter((name) => call.header(name) !== undefined);
    return { 'app.headers': headers.map((name) => `${name}: ${call.header(name)}`).join(', ') };
  },
  classify: (answer) => (answer.status === 418 ? { code: answer.body, message: `It says ${answer.body}` } : undefined),
};
