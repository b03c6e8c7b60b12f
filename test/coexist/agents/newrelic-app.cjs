require('../calls.cjs')(require('./newrelic.cjs'));
