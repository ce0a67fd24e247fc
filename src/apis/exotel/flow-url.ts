/** The address of a call flow. Plain http, in the docs of both generations. @see https://developer.exotel.com/api/make-a-call-api */
export function flowUrlOf(accountSid: string, appId: string): string {
  const [account, app] = [accountSid, appId].map(encodeURIComponent);
  return `http://my.exotel.com/${account}/exoml/start_voice/${app}`;
}
