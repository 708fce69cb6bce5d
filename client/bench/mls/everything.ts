// All that the client imports of crypto, for its size alone.
export * as call from '../../../crypto/call/index.ts';
export * as group from '../../../crypto/group/index.ts';
export * as identity from '../../../crypto/identity/index.ts';
export * as invite from '../../../crypto/invite/index.ts';
export * as safety from '../../../crypto/safety/index.ts';
export * as sframe from '../../../crypto/sframe/index.ts';
