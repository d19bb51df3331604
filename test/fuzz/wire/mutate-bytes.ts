const HIGHEST_LENGTH = 2 ** 31 - 1;

/** Flips bits, then cuts, repeats, overwrites a length, or inserts noise. Never changes `original`. */
export function mutateBytes(original: Uint8Array, random: () => number): Buffer {
  const bytes = Buffer.from(original);
  const place = () => Math.floor(random() * bytes.byteLength);
  for (let flips = Math.floor(random() * 4); flips > 0; flips -= 1) {
    const at = place();
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  switch (Math.floor(random() * 6)) {
    case 0:
      return bytes.subarray(0, place());
    case 1:
      return Buffer.concat([bytes, bytes.subarray(place())]);
    case 2:
      if (bytes.byteLength >= 4)
        bytes.writeInt32BE(hostileLength(random), Math.floor(random() * (bytes.byteLength - 3)));
      return bytes;
    case 3: {
      const at = place();
      return Buffer.concat([bytes.subarray(0, at), noise(random), bytes.subarray(at)]);
    }
    case 4: {
      const [from, to] = [place(), place()].sort((left, right) => left - right);
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    }
    default:
      return bytes;
  }
}

/** Lengths that lie: huge, negative, or just beside the truth. */
function hostileLength(random: () => number): number {
  const lengths = [HIGHEST_LENGTH, -1, -HIGHEST_LENGTH, 0, 1, 65_536, 1_000_000_000];
  return lengths[Math.floor(random() * lengths.length)] ?? 0;
}

function noise(random: () => number): Buffer {
  return Buffer.from(Array.from({ length: 1 + Math.floor(random() * 24) }, () => Math.floor(random() * 256)));
}
