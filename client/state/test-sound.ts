// Two soft notes for "does my speaker work", as a WAV file made here: 16-bit PCM, one channel. device-check-media.ts plays it.

const sampleRate = 24_000;
const notes: readonly (readonly [hz: number, fromSeconds: number])[] = [
  [523.25, 0],
  [783.99, 0.28],
];
const noteSeconds = 0.6;
const totalSeconds = 1;
const peak = 0.22;

export function testSound(): Blob {
  const count = sampleRate * totalSeconds;
  const bytes = new DataView(new ArrayBuffer(44 + 2 * count));
  writeHeader(bytes, 2 * count);
  for (let i = 0; i < count; i++) bytes.setInt16(44 + 2 * i, Math.round(32_767 * at(i / sampleRate)), true);
  return new Blob([bytes.buffer], { type: 'audio/wav' });
}

/** −1..1: each note comes in softly and dies away. */
function at(seconds: number): number {
  return notes.reduce((sum, [hz, from]) => {
    const since = seconds - from;
    if (since < 0 || since > noteSeconds) return sum;
    const envelope = Math.min(1, since / 0.02) * (1 - since / noteSeconds) ** 2;
    return sum + peak * envelope * Math.sin(2 * Math.PI * hz * since);
  }, 0);
}

function writeHeader(bytes: DataView, dataLength: number): void {
  const text = (offset: number, letters: string): void =>
    new TextEncoder().encode(letters).forEach((code, i) => bytes.setUint8(offset + i, code));
  text(0, 'RIFF');
  bytes.setUint32(4, 36 + dataLength, true);
  text(8, 'WAVEfmt ');
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); // PCM
  bytes.setUint16(22, 1, true); // one channel
  bytes.setUint32(24, sampleRate, true);
  bytes.setUint32(28, 2 * sampleRate, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, 'data');
  bytes.setUint32(40, dataLength, true);
}
