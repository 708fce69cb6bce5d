// The service's settings for a crowd that is all of one address: limits that are not what is measured, by configuration only.
const many = String(2 ** 31 - 1);

/** For so many headless members and a few browsers. */
export function settingsFor(members: number): Readonly<Record<string, string>> {
  return {
    APARTE_ADDRESS_LIMIT: many,
    APARTE_IDENTITY_LIMIT: many,
    APARTE_MAX_PARTICIPANTS: String(members + 10),
    APARTE_LOG_LEVEL: 'warn',
  };
}
