/*
 * Tests of what an older axios lacks. `upTo` is the newest axios tried that lacks it. What the library
 * promises on every version is never left out. Entries with a `part` are left out of that one only.
 */

const LEFT_OUT = [
  {
    upTo: '1.20.0',
    titles: ['ends as bare axios does, whatever', 'ends as bare axios does, however'],
    because:
      'our guard on redirects stays on a config that comes back past the response interceptors',
  },
  {
    upTo: '1.20.0',
    titles: ['is left out where axios itself removes the token'],
    because: 'it does not remove the token on a redirect to a subdomain',
  },
  {
    upTo: '1.9.0',
    part: 'fetch',
    titles: ['healed cut off by a reset'],
    because: 'with fetch nothing sees the status of an answer whose body breaks off',
  },
  {
    upTo: '1.12.2',
    titles: ['a redirect of the token endpoint is not followed by fetch'],
    because: '1.12.2 makes a network error of it under jest; by hand it answers 307',
  },
  {
    upTo: '1.8.2',
    titles: ['become writable: a Map', 'become writable: a list of pairs'],
    because: 'it reads no headers out of a Map or a list of pairs',
  },
  {
    upTo: '1.8.2',
    titles: ['to an absolute URL that axios is told to take for a path'],
    because: 'with fetch it ignores `allowAbsoluteUrls: false`, so such a request gets no token',
  },
  {
    upTo: '1.13.4',
    titles: [
      'legacy interceptor order false',
      'legacy order false',
      'with the other interceptor order',
    ],
    because: 'it cannot be asked to run request interceptors in the order of their registration',
  },
  {
    upTo: '1.18.1',
    titles: ['fails where the response interceptors see it'],
    because: 'it shows no response interceptor what a synchronous request interceptor throws',
  },
  {
    upTo: '1.15.2',
    titles: ['with the redact of the caller’s', 'axios is told to redact something else'],
    because: 'it has no option `redact`',
  },
  {
    upTo: '1.15.2',
    titles: ['fetch adapter: too long a body', 'fetch adapter: too long an answer'],
    because: 'with fetch it ignores `maxBodyLength` and `maxContentLength`',
  },
  {
    upTo: '1.12.2',
    titles: ['with the fetch adapter a time-out of the replay is the caller’s own'],
    because: 'with fetch it words a time-out otherwise',
  },
  {
    upTo: '1.16.1',
    titles: ['credentials in the URL, which the fetch adapter turns into Basic, win'],
    because: 'with fetch it refuses credentials in a URL',
  },
  {
    upTo: '1.16.1',
    titles: ['an async iterable, which only a custom adapter can send'],
    because: 'it copies a plain object, and loses what makes it an iterable',
  },
  {
    upTo: '1.20.0',
    titles: ['fetch adapter: web FormData with a file, boundary included'],
    because: 'with fetch a form gets another boundary each time that it is sent',
  },
];

/** Those of one part, or of all. */
export function leftOutOn(version, ofPart) {
  return LEFT_OUT.filter(
    ({ upTo, part }) =>
      (version === upTo || isBefore(version, upTo)) &&
      (part === undefined || ofPart === undefined || part === ofPart),
  );
}

/** A pattern for all titles except those; `undefined` if none is left out. */
export function patternWithout(entries) {
  const titles = entries.flatMap((entry) => entry.titles).map(escaped);
  return titles.length === 0 ? undefined : `^(?!.*(?:${titles.join('|')}))`;
}

function isBefore(version, other) {
  const [a, b] = [version, other].map((text) => text.split('.').map(Number));
  const first = a.findIndex((part, index) => part !== b[index]);
  return first !== -1 && a[first] < b[first];
}

function escaped(title) {
  return title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
