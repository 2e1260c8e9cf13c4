// Which row stands where in an epoch: a permutation that needs no state.
// Twin: src/core/batches.ts

// Scrambles 32 bits (lowbias32, Wellons 2018).
fn mix32(x: u32) -> u32 {
  var bits = x;
  bits = (bits ^ (bits >> 16u)) * 0x7feb352du;
  bits = (bits ^ (bits >> 15u)) * 0x846ca68bu;
  return bits ^ (bits >> 16u);
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
  return mix32(seed ^ mix32(epoch + 0x9e3779b9u));
}
