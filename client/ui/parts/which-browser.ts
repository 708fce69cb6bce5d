// Which browser's words lead out of a refusal: each keeps its permissions elsewhere. What is none of them looks like Chrome, as most do.

export type BrowserName = 'chrome' | 'edge' | 'firefox' | 'safari' | 'ios';

export function whichBrowser(userAgent: string): BrowserName {
  // Every browser there is Safari underneath.
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  if (/\bEdgA?\//.test(userAgent)) return 'edge';
  if (userAgent.includes('Firefox/')) return 'firefox';
  return userAgent.includes('Safari/') && !/Chrom(e|ium)\//.test(userAgent) ? 'safari' : 'chrome';
}
