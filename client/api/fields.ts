// Fields of the service's answers that several shapes have, as valibot schemas (schemas.ts, knocks.ts).
import * as v from 'valibot';
import { fromBase64url, type Bytes } from '../../crypto/bytes.ts';

/** Canonical base64url of exactly `length` bytes. */
export const bytes = (length: number) => bytesBetween(length, length);

export const bytesBetween = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.maxLength(Math.ceil((max * 4) / 3)),
    v.rawTransform<string, Bytes>(({ dataset, addIssue, NEVER }) => {
      try {
        const decoded = fromBase64url(dataset.value);
        if (decoded.length >= min && decoded.length <= max) return decoded;
      } catch {
        // Falls through to the issue: the reason does not matter here.
      }
      addIssue({ message: `expected base64url of ${min} to ${max} bytes` });
      return NEVER;
    }),
  );

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const identity = bytes(32);
export const livekitIdentity = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
export const sealedText = bytesBetween(1, 512);
export const sealedFace = bytes(106);
export const signedProfileSchema = v.object({ revision: count, sealedFace, signature: bytes(64) });
