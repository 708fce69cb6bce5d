// What vite.config.ts puts in at build time.

/** Version and commit of this build, for people to compare. */
declare const __BUILD_ID__: string;
