import { LakeError } from '../../contract/lake-error.js';

const LETTERS: Readonly<Record<string, (at: string) => string>> = {
  yyyy: (at) => at.slice(0, 4),
  MM: (at) => at.slice(5, 7),
  dd: (at) => at.slice(8, 10),
  HH: (at) => at.slice(11, 13),
  mm: (at) => at.slice(14, 16),
  ss: (at) => at.slice(17, 19),
};

/**
 * Fills in a delivery stream's prefix: `!{timestamp:yyyy-MM-dd-HH}` in UTC and `!{firehose:error-output-type}`.
 * @throws LakeError naming any other expression
 */
export function firehosePrefix(prefix: string, at: Date, errorOutputType?: string): string {
  return prefix.replace(/!\{([^}]*)\}/g, (whole, expression: string) => {
    const [kind, format = ''] = expression.split(/:(.*)/s);
    if (kind === 'timestamp' && /^([-/_.:]|yyyy|MM|dd|HH|mm|ss)+$/.test(format)) {
      return format.replace(/yyyy|MM|dd|HH|mm|ss/g, (letters) => LETTERS[letters]!(at.toISOString()));
    }
    if (expression === 'firehose:error-output-type' && errorOutputType !== undefined) return errorOutputType;
    throw new LakeError('local/firehose', `the local runtime does not run '${whole}' in a prefix of a delivery stream`);
  });
}
