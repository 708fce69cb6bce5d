// QR codes to show and to read, over the `qr` package, which is loaded when the first one is near. Bytes travel through it as
// Latin-1 text, one character a byte: a safety payload (S2) is not UTF-8.

export interface QrPath {
  /** Modules per side. */
  readonly size: number;
  readonly path: string;
}

/** What draws codes; asked for twice, it is fetched once. */
export const loadEncoder = () => import('qr');

/** Draws each run of dark modules of a row as one rectangle: `M x y h length v1 h -length z`. */
export async function qrPath(payload: string | Uint8Array): Promise<QrPath> {
  const { default: encodeQR } = await loadEncoder();
  const modules =
    typeof payload === 'string'
      ? encodeQR(payload, 'raw', { ecc: 'medium', border: 2 })
      : encodeQR(latin1(payload), 'raw', {
          ecc: 'medium',
          border: 2,
          encoding: 'byte',
          textEncoder: bytesOf,
        });
  return { size: modules.length, path: modules.map((row, y) => rowPath(row, y)).join('') };
}

/** Reads a picture; null when there is no QR code in it that can be read. */
export async function readQr(image: ImageData): Promise<Uint8Array | null> {
  const { decodeQR } = await import('qr/decode.js');
  try {
    return bytesOf(decodeQR(image, { textDecoder: latin1 }));
  } catch {
    // The decoder throws for a picture without a code: that is most pictures.
    return null;
  }
}

function rowPath(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x += 1) {
    if (row[x] !== true) continue;
    let end = x;
    while (row[end] === true) end += 1;
    path += `M${x} ${y}h${end - x}v1h-${end - x}z`;
    x = end;
  }
  return path;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
