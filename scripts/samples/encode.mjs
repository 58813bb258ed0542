import { gzipSync, zlibSync } from 'fflate';

// Both packers are fflate's, not zlib's: zlib packs differently from one build of Node to the next.

/** An IDX file of unsigned bytes, gzipped. */
export function encodeIdxGz(dims, values) {
  const header = new Uint8Array(4 + 4 * dims.length);
  const view = new DataView(header.buffer);
  header.set([0, 0, 0x08, dims.length]);
  dims.forEach((dim, axis) => view.setUint32(4 + 4 * axis, dim));
  return gzipSync(concatenate([header, values]), { level: 9, mem: 12, mtime: '1980-01-01T00:00:00Z' });
}

/** A PNG of 8-bit RGB. Source: W3C, Portable Network Graphics (Second Edition). */
export function encodePng(width, height, pixels) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8);
  const packed = zlibSync(filterRows(width, height, pixels), { level: 9, mem: 12 });
  return concatenate([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', packed),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Each row by the filter (none, sub, up) that packs it smallest by itself. */
function filterRows(width, height, pixels) {
  const stride = width * 3;
  const rows = [];
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * stride, (y + 1) * stride);
    const above = y === 0 ? new Uint8Array(stride) : pixels.subarray((y - 1) * stride, y * stride);
    const candidates = [(i) => row[i], (i) => row[i] - (i < 3 ? 0 : row[i - 3]), (i) => row[i] - above[i]].map(
      (filter, kind) => Uint8Array.from({ length: stride + 1 }, (_, i) => (i === 0 ? kind : filter(i - 1))),
    );
    const cost = (filtered) => filtered.subarray(1).reduce((sum, value) => sum + Math.min(value, 256 - value), 0);
    rows.push(candidates.reduce((best, each) => (cost(each) < cost(best) ? each : best)));
  }
  return concatenate(rows);
}

function chunk(type, data) {
  const typed = concatenate([new TextEncoder().encode(type), data]);
  const bytes = new Uint8Array(typed.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(typed, 4);
  view.setUint32(4 + typed.length, crc32(typed));
  return bytes;
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function concatenate(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
