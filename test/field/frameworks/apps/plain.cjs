const { calls, stay } = require('./calls.cjs');
calls().then(console.log).then(stay);
