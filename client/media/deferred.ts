// A promise that is settled from outside (Promise.withResolvers, which browsers of 2023 do not have). Its rejection is nobody's
// problem unless somebody waits for it.

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((resolve_, reject_) => {
    resolve = resolve_;
    reject = reject_;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
