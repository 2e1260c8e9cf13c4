// What is drawn while a network trains, without any state: the order of an epoch's rows, the units a step drops.
// Twin: src/core/random-bits.ts, and src/core/batches.ts (rowAt)

// Scrambles 32 bits (lowbias32, Wellons 2018).
fn mix32(x: u32) -> u32 {
  var bits = x;
  bits = (bits ^ (bits >> 16u)) * 0x7feb352du;
  bits = (bits ^ (bits >> 15u)) * 0x846ca68bu;
  return bits ^ (bits >> 16u);
}

// The 32 bits that a seed, or what was drawn before, has for an index.
fn keyOf(seed: u32, index: u32) -> u32 {
  return mix32(seed ^ mix32(index + 0x9e3779b9u));
}

// A Feistel network of four rounds on 2 · halfBits bits, walked on until it lands on a row.
fn rowAt(key: u32, position: u32, rowCount: u32, halfBits: u32) -> u32 {
  let mask = (1u << halfBits) - 1u;
  var row = position;
  loop {
    var left = row >> halfBits;
    var right = row & mask;
    for (var round = 0u; round < 4u; round++) {
      let next = (left ^ mix32(right + key + round * 0x9e3779b9u)) & mask;
      left = right;
      right = next;
    }
    row = (left << halfBits) | right;
    if (row < rowCount) { return row; }
  }
}

// Fixes the order of an epoch.
fn epochKey(seed: u32, epoch: u32) -> u32 {
  return keyOf(seed, epoch);
}
