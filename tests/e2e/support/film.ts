import { crc32 } from "node:zlib";

/** A picture and how long it stands. */
export interface Frame {
  readonly png: Buffer;
  readonly ms: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/**
 * An animated PNG of PNGs of one size, as they are: their compressed data is taken over chunk by chunk. It plays `plays`
 * times and ends on its last frame.
 */
export function film(frames: readonly Frame[], plays: number): Buffer {
  const read = frames.map(({ png, ms }) => ({ ms, chunks: chunks(png) }));
  const head = read[0]!.chunks.find(({ type }) => type === "IHDR")!.data;
  if (read.some(({ chunks: own }) => !own.some(({ type, data }) => type === "IHDR" && data.equals(head)))) {
    throw new Error("the frames differ in size or in kind");
  }
  let sequence = 0;
  const parts = [SIGNATURE, chunk("IHDR", head), chunk("acTL", numbers(frames.length, plays))];
  read.forEach(({ ms, chunks: own }, position) => {
    const control = Buffer.concat([
      numbers(sequence++, head.readUInt32BE(0), head.readUInt32BE(4), 0, 0),
      Buffer.from([ms >> 8, ms & 255, 1000 >> 8, 1000 & 255, 0, 0]),
    ]);
    parts.push(chunk("fcTL", control));
    for (const { type, data } of own) {
      if (type !== "IDAT") continue;
      parts.push(position === 0 ? chunk("IDAT", data) : chunk("fdAT", Buffer.concat([numbers(sequence++), data])));
    }
  });
  return Buffer.concat([...parts, chunk("IEND", Buffer.alloc(0))]);
}

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function chunks(png: Buffer): Chunk[] {
  const found: Chunk[] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    found.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return found;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([numbers(data.length), body, numbers(crc32(body))]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, position) => bytes.writeUInt32BE(value, position * 4));
  return bytes;
}
