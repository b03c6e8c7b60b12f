require('../calls.cjs')(require('./elastic.cjs'));
