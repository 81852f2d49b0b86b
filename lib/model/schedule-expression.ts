/** What is wrong with an expression of EventBridge Scheduler, or nothing. CDK and CloudFormation take any text; the service does not. */
export function scheduleProblem(expression: string): string | undefined {
  const rate = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression);
  if (rate !== null) return rateProblem(Number(rate[1]), rate[2]!);
  const cron = /^cron\(([^()]*)\)$/.exec(expression);
  if (cron !== null) return cronProblem(cron[1]!.split(' '));
  return `a schedule is rate(1 hour) or cron(0 6 * * ? *), got '${expression}'`;
}

function rateProblem(count: number, unit: string): string | undefined {
  if (count < 1) return `a rate is at least 1, got rate(${count} ${unit})`;
  if ((count === 1) === unit.endsWith('s')) {
    const fitting = count === 1 ? unit.slice(0, -1) : `${unit}s`;
    return `a rate of ${count} is written rate(${count} ${fitting}), got rate(${count} ${unit})`;
  }
  return undefined;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly words?: readonly string[];
  /** Whether `?`, `L`, `W` or `#` may stand here. */
  readonly special?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31, special: /^(\?|L|LW|\d{1,2}W)$/ },
  { name: 'month', from: 1, to: 12, words: MONTHS },
  { name: 'day of the week', from: 1, to: 7, words: DAYS, special: /^(\?|L|[1-7]L|[1-7]#[1-5]|[A-Z]{3}#[1-5])$/ },
  { name: 'year', from: 1970, to: 2199 },
];

function cronProblem(fields: readonly string[]): string | undefined {
  if (fields.length !== FIELDS.length) {
    return `cron() has six fields (minutes hours day-of-month month day-of-week year), got ${fields.filter((field) => field !== '').length}`;
  }
  for (const [n, text] of fields.entries()) {
    const field = FIELDS[n]!;
    if (!fits(text, field))
      return `the ${field.name} of cron() is ${field.from} to ${field.to}, * or a list, range or step of them, got '${text}'`;
  }
  const [, , ofMonth, , ofWeek] = fields;
  if ((ofMonth === '?') === (ofWeek === '?'))
    return `cron() has ? in one of day-of-month and day-of-week, got '${ofMonth}' and '${ofWeek}'`;
  return undefined;
}

function fits(text: string, field: Field): boolean {
  return text.split(',').every((item) => {
    if (field.special?.test(item) && (!/^[A-Z]{3}#/.test(item) || field.words!.includes(item.slice(0, 3)))) return true;
    const step = /^([^/]+)\/(\d+)$/.exec(item);
    if (step !== null && Number(step[2]) < 1) return false;
    const base = step === null ? item : step[1]!;
    if (base === '*') return true;
    const bounds = base.split('-').map((bound) => numberOf(bound, field));
    return bounds.length <= 2 && bounds.every((bound) => bound >= field.from && bound <= field.to) && (bounds[1] ?? Infinity) >= bounds[0]!;
  });
}

function numberOf(text: string, { words, from }: Field): number {
  if (/^\d+$/.test(text)) return Number(text);
  const at = words?.indexOf(text) ?? -1;
  return at < 0 ? Number.NaN : at + from;
}
