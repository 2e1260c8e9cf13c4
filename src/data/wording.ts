export { countOf, formatCount, quote, quoteList } from '../core/wording.ts';
