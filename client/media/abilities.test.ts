// What this device can decode and encode (M7), by browsers that say it in full, in part, not at all or wrongly.
import { expect, it } from 'vitest';
import { findAbilities, type CodecWorld } from './abilities.ts';

const all = ['video/VP8', 'video/rtx', 'video/VP9', 'video/AV1', 'video/H264'];
type Info = MediaCapabilitiesInfo;
type Asked = MediaDecodingConfiguration & MediaEncodingConfiguration;
const good: Info = { supported: true, smooth: true, powerEfficient: true };

/** A browser that answers so for these, and in full for all others. */
function browser(answers: Record<string, Partial<Info>> = {}, more: Partial<CodecWorld> = {}): CodecWorld {
  const answer = ({ video }: Asked): Promise<Info> =>
    Promise.resolve({ ...good, ...answers[video?.contentType ?? ''] });
  return {
    received: () => all,
    canPublish: () => true,
    // Only what it says is looked at, not what it was asked.
    capabilities: { decodingInfo: answer, encodingInfo: answer } as CodecWorld['capabilities'],
    ...more,
  };
}

it('[M7] decodes what receivers are offered and is smooth', async () => {
  const decodes = async (world: CodecWorld) => (await findAbilities(world)).decodes;
  expect(await decodes(browser())).toEqual(['av1', 'vp9']);
  expect(await decodes(browser({ 'video/AV1': { smooth: false } }))).toEqual(['vp9']);
  expect(await decodes(browser({ 'video/VP9': { supported: false } }))).toEqual(['av1']);
  // In software is well enough.
  expect(await decodes(browser({ 'video/AV1': { powerEfficient: false } }))).toEqual(['av1', 'vp9']);
  expect(await decodes(browser({}, { received: () => ['video/vp8', 'video/vp9'] }))).toEqual(['vp9']);
});

it('[M7] decodes what receivers are offered where the browser says no more', async () => {
  const refuses = { decodingInfo: () => Promise.reject(new TypeError('no such type')) };
  for (const capabilities of [undefined, {}, refuses]) {
    const { decodes } = await findAbilities(browser({}, { capabilities }));
    expect(decodes).toEqual(['av1', 'vp9']);
    expect(await findAbilities(browser({}, { capabilities, received: () => [] }))).toMatchObject({
      decodes: [],
    });
  }
});

it.each([{ supported: false }, { smooth: false }, { powerEfficient: false }])(
  '[M7] encodes nothing that is %o',
  async (lacking) => {
    expect((await findAbilities(browser())).encodes).toEqual({
      camera: ['av1', 'vp9'],
      screen: ['av1', 'vp9'],
    });
    const { encodes } = await findAbilities(browser({ 'video/AV1': lacking }));
    expect(encodes).toEqual({ camera: ['vp9'], screen: ['vp9'] });
  },
);

it('[M7] encodes nothing of which the browser does not say that it can, or that is not published from it', async () => {
  const none = { camera: [], screen: [] };
  const refuses = { encodingInfo: () => Promise.reject(new TypeError('no such type')) };
  const throws = {
    encodingInfo: () => {
      throw new TypeError('no such type');
    },
  };
  for (const capabilities of [undefined, {}, refuses, throws])
    expect((await findAbilities(browser({}, { capabilities }))).encodes).toEqual(none);
  expect((await findAbilities(browser({}, { canPublish: () => false }))).encodes).toEqual(none);
  const broken = () => {
    throw new Error('not on this browser');
  };
  expect(await findAbilities(browser({}, { canPublish: broken, received: broken }))).toEqual({
    decodes: [],
    encodes: none,
  });
});

it('[M7] asks about what is sent: a call, of the layers of camera and screen', async () => {
  const asked: unknown[] = [];
  const encodingInfo = (configuration: MediaEncodingConfiguration): Promise<Info> => {
    asked.push([configuration.type, configuration.video?.contentType, configuration.video?.scalabilityMode]);
    return Promise.resolve(good);
  };
  await findAbilities(browser({}, { capabilities: { encodingInfo } }));
  expect(asked).toContainEqual(['webrtc', 'video/VP9', 'L3T3_KEY']);
  expect(asked).toContainEqual(['webrtc', 'video/AV1', 'L1T3']);
});
