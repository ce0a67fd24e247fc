import type { AxiosInstance } from 'axios';

/**
 * An axios instance from either build of axios. In TypeScript the types of `import` and `require` are incompatible, and a
 * framework's instance may come from the other build.
 */
export interface ApiInstance {
  readonly defaults: { readonly baseURL?: string | undefined };
  /** Sends a request. */
  request(config: never): Promise<unknown>;
}

/** The instance in the type of the build that we compile against. @internal */
export function fromEitherBuild(instance: ApiInstance): AxiosInstance {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the builds differ in their types only
  return instance as AxiosInstance;
}
