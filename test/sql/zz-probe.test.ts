import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { lineageOf } from '../../lib/sql/analyze/lineage.js';
import { analyze } from '../../lib/sql/analyze/statement-analyzer.js';
import { parseStatementText } from '../../lib/sql/parse/parse.js';
import { catalogOf, catalogTableOf } from '../../lib/sql/types/catalog.js';
import { customers, orders } from './shop-tables.js';

const shop = catalogOf([orders, customers].map((t) => catalogTableOf(t)));
it('p', () => {
  for (const text of readFileSync('/tmp/lin/q.sql', 'utf8')
    .split(';')
    .map((t) => t.trim())
    .filter(Boolean)) {
    const named = text.replaceAll(/\b(orders|customers)\b(?!\.)/g, '"shop_dev_silver"."$1"');
    console.log('\n' + text);
    try {
      for (const column of analyze(parseStatementText(named).ast, shop).output) {
        const { direct, deciding } = lineageOf(column.name ?? '', column.lineage);
        const of = (b: { table: string; column: string }) => (b.table === 'orders' ? b.column : `c.${b.column}`);
        console.log(
          `   ${column.name}: '${direct.map((d) => `${of(d)}:${d.kind}`).join(' ')} | ${deciding.map((d) => `${of(d)}:${d.kinds.join('+')}`).join(' ')}'`,
        );
      }
    } catch (e) {
      console.log('   ERROR ' + (e as Error).message);
    }
  }
});
