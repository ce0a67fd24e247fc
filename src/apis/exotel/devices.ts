import * as v from 'valibot';
import { flag, pathId, somethingToChange, wholeNumber } from '../input-fields.js';
import type { PhoneFields } from '../phone-numbers.js';
import { validateInput } from '../validate-input.js';
import { acknowledgementIn, type ExotelAcknowledgement } from './acknowledgement.js';
import type { ExotelClient } from './exotel-client.js';
import type { ExotelRequestOptions } from './exotel-options.js';
import { parseDevice, singleData, type ExotelDevice } from './user-records.js';

/** What to change about a device. */
export interface ExotelUpdateDeviceInput {
  /** Switches it on or off. Only one device of a user may be on. */
  available?: boolean | undefined;
  /** E.164 or `sip:`. A new one has to be verified. */
  contactUri?: string | undefined;
}

/** One device, and the full answer. */
export interface ExotelDeviceAnswer {
  device: ExotelDevice;
  requestId: string | undefined;
  raw: unknown;
}

/** Users' devices. `users.list` and `users.get` with `fields: ['devices']` list them. Auth: Basic by default. */
export interface ExotelDevices {
  /**
   * Switches a device on or off, or changes its number.
   *
   * @throws ExotelApiError when Exotel refuses: `device-unverified`, `other-device-on`, `device-exists`, `device-not-pstn`.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/api/get-user-devices-details-private-beta
   */
  update(
    userId: string,
    deviceId: number,
    changes: ExotelUpdateDeviceInput,
    options?: ExotelRequestOptions,
  ): Promise<ExotelDeviceAnswer>;

  /**
   * Sets the password of a SIP device: at least 8 characters, from three of the four classes lower case, upper case,
   * digit, other.
   *
   * @throws ApiInputError for a password that is too weak; nothing was sent. No error repeats the password.
   * @throws AxiosError when no answer came; its `config.data` holds what was sent, and is not printed.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://github.com/rahulkumar-exo/exotel-docs — docs/users/api-reference/manage-devices
   */
  setPassword(
    userId: string,
    deviceId: number,
    password: string,
    options?: ExotelRequestOptions,
  ): Promise<ExotelAcknowledgement>;
}

const deviceId = wholeNumber(0);

const updateSchemaOf = ({ e164OrSip }: PhoneFields) =>
  v.pipe(
    v.strictObject({
      available: v.optional(flag),
      contactUri: v.optional(e164OrSip),
    }),
    somethingToChange('must have something to change: available or contactUri'),
  );

const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u];
const passwordSchema = v.pipe(
  v.string('must be a string'),
  v.minLength(8, 'must have at least 8 characters'),
  v.check(
    (password) => CLASSES.filter((kind) => kind.test(password)).length >= 3,
    'must mix three of: lower case, upper case, digits, other characters',
  ),
);

/** @internal */
export function createDevices(client: ExotelClient): ExotelDevices {
  const updateSchema = updateSchemaOf(client.options.phones);
  const devicePath = (user: string, device: number, operation: string, ...tail: string[]) => {
    const place = { api: 'exotel', operation } as const;
    const [userId, id] = [
      validateInput(pathId, user, { ...place, within: 'userId' }),
      validateInput(deviceId, device, { ...place, within: 'deviceId' }),
    ];
    return client.path('v2', 'users', userId, 'devices', String(id), ...tail);
  };
  return {
    async update(userId, device, changes, options) {
      const operation = 'devices.update';
      const path = devicePath(userId, device, operation);
      const asked = validateInput(updateSchema, changes, { api: 'exotel', operation });
      const body = { available: asked.available, contact_uri: asked.contactUri };
      const answer = await client.send(
        { operation, method: 'PUT', host: 'ccm', path, body, budget: 'users' },
        options,
      );
      const parsed = parseDevice(singleData(answer.body));
      if (parsed === undefined) throw answer.unexpected('The response has no device.');
      return { device: parsed, requestId: answer.requestId, raw: answer.body };
    },

    async setPassword(userId, device, password, options) {
      const operation = 'devices.setPassword';
      const path = devicePath(userId, device, operation, 'password');
      const place = { api: 'exotel', operation, within: 'password' } as const;
      const secret = validateInput(passwordSchema, password, place);
      const answer = await client.send(
        {
          operation,
          method: 'PUT',
          host: 'ccm',
          path,
          body: { password: secret },
          budget: 'users',
          secrets: [secret],
        },
        options,
      );
      return acknowledgementIn(answer);
    },
  };
}
