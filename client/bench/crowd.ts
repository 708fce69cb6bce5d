// Voice chats of headless members (crypto and API client in Node, no media) and three real browsers, with the real service and LiveKit, all
// on this machine: one of ten, one of two hundred. `npm run bench -- crowd`; APARTE_CROWD=50 makes the large one smaller.
import { measureMany } from './crowd/many.ts';
import { measureTen } from './crowd/ten.ts';
import type { Measure } from './report.ts';

const size = Number(process.env['APARTE_CROWD'] ?? 200);

export async function measureCrowd(): Promise<readonly Measure[]> {
  const say = (line: string): void => console.log(`  ${line}`);
  return [...(await measureTen(say)), ...(await measureMany(size, say))];
}
