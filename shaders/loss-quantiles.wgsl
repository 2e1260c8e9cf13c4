// Values with given ranks among the losses of several networks, for each of some kept steps
//
// Formula:  quantiles[k, r] = the value at place ranks[r] of losses[firstLoss + k, 0 … networkCount − 1] in ascending
//           order, NaN and infinities of either sign last, as infinity. It is the largest key below which no more than
//           ranks[r] losses lie, found two bits at a time from the highest on
// Reads:    losses [kept losses, networkCount], as bits: what is never computed with stays what it is, NaN included;
//           ranks [rankCount], each below networkCount
// Writes:   quantiles [lossCount, rankCount], as bits
// Dispatch: an invocation per kept loss and rank; each reads the losses of its step 16 times
// Twin: src/core/loss-quartiles.ts (lossQuartiles); between two ranks, src/core/quantile.ts (quantile)

struct Params {
  firstLoss: u32,
  lossCount: u32,
  networkCount: u32,
  rankCount: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> losses: array<u32>;
@group(0) @binding(2) var<storage, read> ranks: array<u32>;
@group(0) @binding(3) var<storage, read_write> quantiles: array<u32>;

const SIGN = 0x80000000u;
const INFINITY = 0x7f800000u;

// Keys are in the order of the float32 that have these bits; −0 comes before 0.
fn keyOf(bits: u32) -> u32 {
  let finite = select(bits | SIGN, ~bits, bits >= SIGN);
  return select(finite, INFINITY | SIGN, (bits & ~SIGN) >= INFINITY);
}

fn bitsOf(key: u32) -> u32 {
  return select(~key, key & ~SIGN, key >= SIGN);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  // Above 4,194,240 entries the workgroups go on in the second dimension.
  let i = id.x + id.y * grid.x * 64u;
  if (i >= params.lossCount * params.rankCount) { return; }
  let rank = ranks[i % params.rankCount];
  let first = (params.firstLoss + i / params.rankCount) * params.networkCount;
  let end = first + params.networkCount;

  var key = 0u;
  for (var bit = 32u; bit > 0u; ) {
    bit -= 2u;
    // What the next two bits may be beside 00.
    let candidates = vec3u(key) | (vec3u(1u, 2u, 3u) << vec3u(bit));
    var below = vec3u();
    for (var k = first; k < end; k++) {
      below += select(vec3u(), vec3u(1u), vec3u(keyOf(losses[k])) < candidates);
    }
    let reached = select(vec3u(), vec3u(1u), below <= vec3u(rank));
    key |= (reached.x + reached.y + reached.z) << bit;
  }
  quantiles[i] = bitsOf(key);
}
