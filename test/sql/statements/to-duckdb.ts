/** The statements as DuckDB takes them. */
export function toDuckDb(text: string): string {
  return text
    .replace(/WITH \(format = 'PARQUET'\) /, '')
    .replace(/json_format\(CAST\((CAST\([^()]*\([^()]*\)\)|CAST\([^()]*\)|[^()]*?) AS JSON\)\)/g, 'CAST(to_json($1) AS varchar)')
    .replace(/to_hex\(sha256\(to_utf8\((.*?)\)\)\)/g, 'upper(sha256($1))')
    .replace(
      /CROSS JOIN UNNEST\((.*?)\) AS x \("_copy"\)\) s ON/g,
      'CROSS JOIN LATERAL (SELECT unnest(generate_series($1)) AS "_copy") x) s ON',
    )
    .replace(/generate_series\(sequence\((.*?)\)\)\) AS "_copy"/g, 'generate_series($1)) AS "_copy"');
}
