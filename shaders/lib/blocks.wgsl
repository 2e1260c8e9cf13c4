// A block of 16 × 16 or 32 × 16 entries of a matrix product A · B, kept in registers by one invocation: what is
// loaded once serves a whole row or column of it. Four terms of the sum over k at a time, so that 4×4 matrices do
// the arithmetic.
// Twin: src/core/matrix.ts (multiply)

const BLOCK = 16u;

// One row of the block: column j of the matrix holds entries 4j … 4j + 3.
alias BlockRow = mat4x4f;

// Four rows k of B, 16 entries wide: matrix j holds entries 4j … 4j + 3, one column for each k.
alias FourRows = array<mat4x4f, 4>;

// Four k of the sum, and which of them exist: there are fewer at its end.
struct Terms {
  k: vec4u,
  exist: vec4<bool>,
}

fn termsFrom(first: u32, count: u32) -> Terms {
  return Terms(fourFrom(first, count), first + vec4u(0u, 1u, 2u, 3u) < vec4u(count));
}

// Four indices. Behind the last one the last one again, so that every load finds an entry; it is not kept.
fn fourFrom(first: u32, count: u32) -> vec4u {
  return min(first + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
}

// What four terms add to a row of the block: its row of A, times four rows of B.
fn product(a: vec4f, b: FourRows) -> BlockRow {
  return BlockRow(b[0] * a, b[1] * a, b[2] * a, b[3] * a);
}
