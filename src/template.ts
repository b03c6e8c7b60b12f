export { type PathPattern, parsePatterns, templateOf } from './template/index.ts';
