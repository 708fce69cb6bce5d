// What people compare to know that nobody sits between them: the safety number of a pair and its QR code (protocol.md
// S1, S2), and the code of a call (S4). The numbers depend on identity keys alone, so that one check holds in every
// group (S3). fingerprint.ts has the digits, qr.ts the QR payload.
export { callCode, fingerprint, ownDigits, safetyNumber } from './fingerprint.ts';
export type { SafetyNumberOptions } from './fingerprint.ts';
export { matchQr, qrPayload } from './qr.ts';
