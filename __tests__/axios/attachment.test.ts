import { expect, test } from '@jest/globals';
import type { InternalAxiosRequestConfig } from 'axios';

import { servingAttachment, type Attachment } from '../../src/axios/attachment.js';
import { createOriginGuard } from '../../src/axios/origin-guard.js';

const attachmentOf = (...origins: string[]) =>
  ({ guard: createOriginGuard(origins) }) as unknown as Attachment;

const a = attachmentOf('https://a.example.com', 'https://a2.example.com');
const b = attachmentOf('https://b.example.com');

test.each<[object, Attachment | undefined]>([
  [{ url: 'https://a.example.com/x' }, a],
  [{ url: 'https://a2.example.com/x' }, a],
  [{ url: 'https://b.example.com/x' }, b],
  [{ url: '/x', baseURL: 'https://b.example.com' }, b],
  [{ url: 'https://a.example.com/x', baseURL: 'https://b.example.com' }, a],
  [
    { url: 'https://a.example.com/x', baseURL: 'https://b.example.com', allowAbsoluteUrls: false },
    b,
  ],
  [{ url: 'https://c.example.com/x' }, undefined],
  [{ url: 'http://a.example.com/x' }, undefined], // In clear text.
  [{ url: 'https://me:secret@a.example.com/x' }, undefined], // Has credentials of its own.
  [{ url: '/x' }, undefined],
  [{}, undefined],
])('a request is served by the provider of the origin it goes to: %j', (config, serving) => {
  for (const attachments of [
    [a, b],
    [b, a],
  ])
    expect(servingAttachment(attachments, config as InternalAxiosRequestConfig)).toBe(serving);
});
