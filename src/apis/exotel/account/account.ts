import { exoPhone } from '../../phone-numbers.js';
import { validateInput } from '../../validate-input.js';
import { asRecord, numberOf, textOf } from '../../wire-values.js';
import type { ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions } from '../exotel-options.js';
import { parseExotelTime } from '../exotel-time.js';

/** What is left on the account. */
export interface ExotelBalance {
  balance: number;
  currency: string | undefined;
  pricingPlan: string | undefined;
  updatedTime: Date | undefined;
  raw: unknown;
}

/** What Exotel knows about an Indian number. */
export interface ExotelNumberMetadata {
  phoneNumber: string | undefined;
  /** Two letters: `KA`. */
  circle: string | undefined;
  circleName: string | undefined;
  type: string | undefined;
  operator: string | undefined;
  operatorName: string | undefined;
  /** Whether it is on India's do-not-disturb register. */
  doNotDisturb: boolean | undefined;
  raw: unknown;
}

/** The account, and what Exotel knows about numbers: Voice v1, Basic only. */
export interface ExotelAccount {
  /**
   * The balance. The docs advise against asking more than once a minute.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/voice-v1/api-reference/balance.mdx
   */
  balance(options?: ExotelBasicOnlyOptions): Promise<ExotelBalance>;
  /**
   * Circle, operator and do-not-disturb of an Indian number.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/voice-v1/api-reference/call-details
   */
  numberMetadata(number: string, options?: ExotelBasicOnlyOptions): Promise<ExotelNumberMetadata>;
}

/** @internal */
export function createAccount(client: ExotelClient): ExotelAccount {
  const read = (operation: string, segments: string[], options?: ExotelBasicOnlyOptions) =>
    client.send(
      {
        operation,
        fixedAuth: 'basic',
        method: 'GET',
        host: 'voice',
        path: client.path('v1', ...segments),
        budget: 'reads',
      },
      options,
    );

  return {
    async balance(options) {
      const answer = await read('account.balance', ['Balance.json'], options);
      const data = asRecord(asRecord(asRecord(answer.body)?.Account)?.BalanceData) ?? {};
      const balance = numberOf(data.Balance);
      if (balance === undefined) throw answer.unexpected('The response has no Balance.');
      return {
        balance,
        currency: textOf(data.Currency),
        pricingPlan: textOf(data.PricingPlan),
        updatedTime: parseExotelTime(data.DateUpdated, client.options.zonelessOffset),
        raw: answer.body,
      };
    },

    async numberMetadata(number, options) {
      const operation = 'account.numberMetadata';
      const asked = validateInput(exoPhone, number, {
        api: 'exotel',
        operation,
        within: 'number',
      });
      const answer = await read(operation, ['Numbers', `${asked}.json`], options);
      const found = asRecord(asRecord(answer.body)?.Numbers);
      if (found === undefined) throw answer.unexpected('The response has no Numbers.');
      const dnd = textOf(found.DND)?.toLowerCase();
      return {
        phoneNumber: textOf(found.PhoneNumber),
        circle: textOf(found.Circle),
        circleName: textOf(found.CircleName),
        type: textOf(found.Type),
        operator: textOf(found.Operator),
        operatorName: textOf(found.OperatorName),
        doNotDisturb: dnd === undefined ? undefined : dnd === 'yes',
        raw: answer.body,
      };
    },
  };
}
