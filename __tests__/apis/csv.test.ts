import { describe, expect, it } from '@jest/globals';
import { toCsv } from '../../src/apis/csv.js';
import { allOf } from './canned-answer.js';

async function* later<T>(...rows: T[]) {
  for (const row of rows) yield await Promise.resolve(row);
}
const csvOf = async (cell: unknown) => (await allOf(toCsv([{ cell }], ['cell'])))[1];

describe('toCsv', () => {
  it('writes a line for the header and for each row as it comes', async () => {
    const rows = later(
      { sid: 'c1', price: 1.5, at: new Date('2030-01-02T03:04:05Z'), note: undefined },
      { sid: 'c2', price: 0, at: new Date(NaN), note: 'x' },
    );
    expect(await allOf(toCsv(rows, ['sid', 'price', 'at', 'note']))).toEqual([
      'sid,price,at,note\r\n',
      'c1,1.5,2030-01-02T03:04:05.000Z,\r\n',
      'c2,0,,x\r\n',
    ]);
  });

  it.each([
    ['a comma', 'a,b', '"a,b"\r\n'],
    ['a quotation mark', 'say "hi"', '"say ""hi"""\r\n'],
    ['a line break', 'a\nb', '"a\nb"\r\n'],
    ['a list', [{ id: 1 }], '"[{""id"":1}]"\r\n'],
    ['a phone number', '+91 98765-43210', '+91 98765-43210\r\n'],
    ['a negative number', -3, '-3\r\n'],
    [
      'a formula',
      '=HYPERLINK("http://evil.example")',
      `"'=HYPERLINK(""http://evil.example"")"\r\n`,
    ],
    ['a formula behind a line break', '\n=1+1', `"'\n=1+1"\r\n`],
    ['a formula behind a plus', '+1+cmd', "'+1+cmd\r\n"],
  ])('writes %s', async (_, cell, line) => {
    expect(await csvOf(cell)).toBe(line);
  });
});
