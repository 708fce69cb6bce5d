// What make.mjs writes about messages inside a call: A3 from the text of docs/protocol.md alone.
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const u8 = (value) => Buffer.from([value]);
const u32 = (value) => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const text = (string) => Buffer.from(string, 'utf8');
const v8 = (bytes) => Buffer.concat([u8(bytes.length), bytes]);
const codecs = ['vp9', 'av1'];
const contexts = ['microphone', 'camera', 'screen', 'screenAudio'];

const said = (string) => ({ kind: 'text', text: string });

function encode(content) {
  if (content.kind === 'acknowledgement') return u8(1);
  if (content.kind === 'mute') return Buffer.concat([u8(4), u32(content.leaf === null ? 0 : content.leaf + 1)]);
  if (content.kind === 'history') return Buffer.concat([u8(5), u32(content.version), Buffer.from(content.head, 'hex')]);
  if (content.kind === 'text') return Buffer.concat([u8(3), u16(text(content.text).length), text(content.text)]);
  const sent = contexts.flatMap((name, context) => {
    const track = content.streams[name];
    return track === undefined ? [] : [Buffer.concat([u8(context), v8(text(track))])];
  });
  const hash = v8(Buffer.from(content.transcriptHash, 'hex'));
  const flags = (content.isMuted ? 1 : 0) + (content.isWithholding ? 2 : 0);
  const decodes = codecs.reduce((byte, codec, bit) => byte | (content.decodes.includes(codec) ? 1 << bit : 0), 0);
  return Buffer.concat([u8(2), hash, u8(flags), u8(decodes), u32(content.hand), u8(sent.length), ...sent]);
}

export function messages({ sample }) {
  const transcriptHash = hex(sample('confirmed transcript hash'));
  const silent = { isMuted: false, decodes: [], hand: 0, streams: {} };
  const heartbeat = (more) => ({ kind: 'heartbeat', transcriptHash, ...silent, ...more });
  const all = { microphone: 'TR_AMqx2', camera: 'TR_VCk81', screen: 'TR_VSz03', screenAudio: 'TR_ASz04' };
  const contents = [
    { kind: 'acknowledgement' },
    heartbeat({}),
    heartbeat({ transcriptHash: '' }),
    heartbeat({ isMuted: true, streams: { microphone: 'TR_AMqx2' } }),
    heartbeat({ streams: { microphone: 'TR_AMqx2', screen: 'TR_VSz03' } }),
    heartbeat({ isMuted: true, streams: all }),
    heartbeat({ isWithholding: true, streams: all }),
    heartbeat({ isMuted: true, isWithholding: true }),
    heartbeat({ hand: 1 }),
    heartbeat({ decodes: ['vp9'] }),
    heartbeat({ decodes: ['av1'], hand: 1, streams: { camera: 'TR_VCk81' } }),
    heartbeat({ isMuted: true, decodes: ['vp9', 'av1'], streams: all }),
    heartbeat({ isMuted: true, hand: 0xfedcba98, streams: { screen: 'TR_VSz03' } }),
    { kind: 'mute', leaf: null },
    { kind: 'mute', leaf: 0 },
    { kind: 'mute', leaf: 1023 },
    { kind: 'history', version: 0, head: transcriptHash },
    { kind: 'history', version: 0xfedcba98, head: transcriptHash },
    said('a'),
    said('À tout à l’heure 🌿'),
    said('é'.repeat(2048)),
  ];
  const hash = `20${transcriptHash}`;
  const mic = '0004' + hex(text('TR_a'));
  const camera = '0104' + hex(text('TR_b'));
  const refused = [
    ['nothing', '', 'malformed'],
    ['kind 0', '00', 'unsupported'],
    ['another kind', '06', 'unsupported'],
    ['a history without a head', '0500000001', 'malformed'],
    ['a head of 31 bytes', `0500000001${transcriptHash.slice(2)}`, 'malformed'],
    ['a head of 33 bytes', `0500000001${transcriptHash}00`, 'malformed'],
    ['a mute of nobody', '04', 'malformed'],
    ['a mute with a byte behind it', '040000000000', 'malformed'],
    ['an acknowledgement with a body', '0100', 'malformed'],
    ['a heartbeat without anything', '02', 'malformed'],
    ['a hash of 31 bytes', `021f${transcriptHash.slice(2)}00000000000000`, 'malformed'],
    ['a third flag', `02${hash}04000000000000`, 'malformed'],
    ['a third codec', `02${hash}00040000000000`, 'malformed'],
    ['every codec of a byte', `02${hash}00ff0000000000`, 'malformed'],
    ['a hand of three bytes', `02${hash}000000000000`, 'malformed'],
    ['no codecs and a stream, as before there were any', `02${hash}000000000001${mic}`, 'malformed'],
    ['a stream too few', `02${hash}00000000000002${mic}`, 'malformed'],
    ['a stream too many', `02${hash}00000000000001${mic}${camera}`, 'malformed'],
    ['contexts that descend', `02${hash}00000000000002${camera}${mic}`, 'malformed'],
    ['a context twice', `02${hash}00000000000002${mic}${mic}`, 'malformed'],
    ['a fifth context', `02${hash}00000000000001${mic.replace(/^00/, '04')}`, 'malformed'],
    ['a text of nothing', '030000', 'malformed'],
    ['a text that ends too early', '03000261', 'malformed'],
    ['a text with a byte behind it', '0300016161', 'malformed'],
    ['a text that is no UTF-8', '030001ff', 'malformed'],
    ['a text of 4097 bytes', `031001${'61'.repeat(4097)}`, 'malformed'],
  ];
  return {
    contents: contents.map((content) => ({ content, bytes: hex(encode(content)) })),
    refused: refused.map(([what, bytes, code]) => ({ what, bytes, code })),
  };
}
