import { textOr, type Rule } from '../errors/option-rules.js';
import { isLoopback } from '../platform/loopback.js';

const remedy = 'Include scheme and host, such as https://api.example.com.';
const urlText = textOr(remedy);

/** A URL that is safe for secrets: https, or http to loopback, unless `allowInsecureHttp` is among the options beside it. */
export const secureURL: Rule = (url, beside) => {
  const fault = urlText(url, beside);
  if (fault || url === undefined) return fault;
  if (!URL.canParse(url as string)) return { problem: 'is not an absolute URL', remedy };
  const { protocol, hostname, username, password } = new URL(url as string);
  if (protocol !== 'https:' && protocol !== 'http:')
    return { problem: 'does not begin with https:// or http://', remedy };
  const { allowInsecureHttp } = beside as { readonly allowInsecureHttp?: unknown };
  if (protocol === 'http:' && !isLoopback(hostname) && allowInsecureHttp !== true)
    return {
      problem: 'uses plain http, which exposes the token to the network',
      remedy: 'Use https, or set allowInsecureHttp.',
    };
  return username === '' && password === ''
    ? undefined
    : {
        problem: 'contains a user name or password',
        remedy: 'Pass them as credentials: URLs end up in logs.',
      };
};
