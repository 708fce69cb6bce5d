// Whether this browser can take part at all, and the one Trusted Types policy of our own (T6). Called by main.ts before
// anything is shown.

/** What is missing, as codes of i18n `errors`; empty in every current browser. */
export function missingParts(): string[] {
  const canTransform =
    'RTCRtpScriptTransform' in globalThis ||
    (typeof RTCRtpSender !== 'undefined' && 'createEncodedStreams' in RTCRtpSender.prototype);
  const parts: [code: string, isThere: boolean][] = [
    ['missing_webcrypto', globalThis.isSecureContext && 'subtle' in crypto],
    ['missing_storage', 'indexedDB' in globalThis],
    ['missing_workers', 'Worker' in globalThis],
    ['missing_webrtc', 'RTCPeerConnection' in globalThis && 'mediaDevices' in navigator],
    ['missing_transforms', canTransform],
  ];
  return parts.filter(([, isThere]) => !isThere).map(([code]) => code);
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): unknown;
}

/** Lets `new Worker(url)` start this origin's scripts, and nothing else: no other sink has a rule, so all others throw. */
export function allowOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => {
      if (new URL(url, location.href).origin === location.origin) return url;
      throw new TypeError('scripts come from this origin only');
    },
  });
}
