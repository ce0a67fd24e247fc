/** The part of oidc-provider, which has no types of its own, that the tests use. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener } from 'node:http';

  export interface Context {
    readonly path: string;
    readonly req: IncomingMessage;
    readonly oidc?: { readonly params?: Readonly<Record<string, string | undefined>> };
  }

  interface Saved {
    save(): Promise<string>;
  }

  interface FoundToken {
    readonly isValid: boolean;
    readonly accountId: string;
    /** The thumbprint of the key that it is bound to. */
    readonly jkt?: string;
  }

  interface TokenModel {
    new (members: object): Saved;
    find(value: string): Promise<FoundToken | undefined>;
  }

  export default class Provider {
    constructor(issuer: string, configuration: object);
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    on(event: string, listener: (context: Context, error?: Error) => void): void;
    callback(): RequestListener;
    readonly Client: { find(id: string): Promise<object | undefined> };
    readonly Grant: new (members: object) => Saved & { addOIDCScope(scope: string): void };
    readonly RefreshToken: TokenModel;
    readonly AccessToken: TokenModel;
    readonly ClientCredentials: TokenModel;
  }
}
