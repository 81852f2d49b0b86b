import { describe, expect, it } from 'vitest';
import { scheduleProblem } from '../../lib/model/schedule-expression.js';

describe('a schedule', () => {
  it.each([
    'rate(1 minute)',
    'rate(15 minutes)',
    'rate(1 hour)',
    'rate(2 days)',
    'cron(0 6 * * ? *)',
    'cron(0/15 * * * ? *)',
    'cron(30 2 ? * MON-FRI *)',
    'cron(0 18 L * ? *)',
    'cron(0 8 1,15 JAN,JUL ? 2026-2030)',
    'cron(0 9 ? * 2#1 *)',
    'cron(0 9 ? * MON#1 *)',
  ])('is taken: %s', (expression) => {
    expect(scheduleProblem(expression)).toBeUndefined();
  });

  it.each([
    ['every tuesday', "a schedule is rate(1 hour) or cron(0 6 * * ? *), got 'every tuesday'"],
    ['rate(1 hours)', 'a rate of 1 is written rate(1 hour), got rate(1 hours)'],
    ['rate(5 minute)', 'a rate of 5 is written rate(5 minutes), got rate(5 minute)'],
    ['rate(0 hours)', 'a rate is at least 1, got rate(0 hours)'],
    ['cron(0 6 * * *)', 'cron() has six fields (minutes hours day-of-month month day-of-week year), got 5'],
    ['cron(0 24 * * ? *)', "the hours of cron() is 0 to 23, * or a list, range or step of them, got '24'"],
    ['cron(61 6 * * ? *)', "the minutes of cron() is 0 to 59, * or a list, range or step of them, got '61'"],
    ['cron(0 6 * FOO ? *)', "the month of cron() is 1 to 12, * or a list, range or step of them, got 'FOO'"],
    ['cron(0 6 ? * FOO#1 *)', "the day of the week of cron() is 1 to 7, * or a list, range or step of them, got 'FOO#1'"],
    ['cron(0 6 ? * FRI-MON *)', "the day of the week of cron() is 1 to 7, * or a list, range or step of them, got 'FRI-MON'"],
    ['cron(0/0 6 * * ? *)', "the minutes of cron() is 0 to 59, * or a list, range or step of them, got '0/0'"],
    ['cron(0 6 * * * *)', "cron() has ? in one of day-of-month and day-of-week, got '*' and '*'"],
    ['cron(0 6 ? * ? *)', "cron() has ? in one of day-of-month and day-of-week, got '?' and '?'"],
  ])('is refused: %s', (expression, problem) => {
    expect(scheduleProblem(expression)).toBe(problem);
  });
});
