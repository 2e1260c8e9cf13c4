// Products in blocks of four: sums of 4 × 4, four of them at once, stay in registers while everything else is
// read. What comes in twos is 8 × 8: `twoFrom` says where, `sumOf` and `columnOf` find an entry again.
// Twin: src/core/matrix.ts (multiply)

fn fours(count: u32) -> u32 {
  return (count + 3u) / 4u;
}

// The next two fours; where only one is left, it twice, of which the second is not used.
fn twoFrom(first: u32, count: u32) -> vec2u {
  return vec2u(first, min(first + 1u, count - 1u));
}

// Of four sums [units 0 … 3 and 4 … 7] × [first and second quad], two entries a unit: which sum, which column.
fn sumOf(i: u32) -> u32 {
  return i / 8u * 2u + i % 2u;
}

fn columnOf(i: u32) -> u32 {
  return i / 2u % 4u;
}

fn quadOf(i: u32, quads: vec2u) -> u32 {
  return select(quads.x, quads.y, i % 2u == 1u);
}

// Biases of two times four units, the same for every row.
fn inEachRow(b: vec4f, c: vec4f) -> array<mat4x4f, 4> {
  let first = mat4x4f(vec4f(b.x), vec4f(b.y), vec4f(b.z), vec4f(b.w));
  let second = mat4x4f(vec4f(c.x), vec4f(c.y), vec4f(c.z), vec4f(c.w));
  return array<mat4x4f, 4>(first, first, second, second);
}

fn transposed(two: array<mat4x4f, 2>) -> array<mat4x4f, 2> {
  return array<mat4x4f, 2>(transpose(two[0]), transpose(two[1]));
}

// sums + a · w, each of the two a with each of the two w
fn addProducts(
  sums: array<mat4x4f, 4>,
  a: array<mat4x4f, 2>,
  w: array<mat4x4f, 2>,
) -> array<mat4x4f, 4> {
  return array<mat4x4f, 4>(
    addProduct(sums[0], a[0], w[0]),
    addProduct(sums[1], a[1], w[0]),
    addProduct(sums[2], a[0], w[1]),
    addProduct(sums[3], a[1], w[1]),
  );
}

// sum + a · w; by fma, which is a third faster than the product of two matrices on SwiftShader, and rounds less.
fn addProduct(sum: mat4x4f, a: mat4x4f, w: mat4x4f) -> mat4x4f {
  return mat4x4f(
    addColumn(sum[0], a, w[0]),
    addColumn(sum[1], a, w[1]),
    addColumn(sum[2], a, w[2]),
    addColumn(sum[3], a, w[3]),
  );
}

fn addColumn(sum: vec4f, a: mat4x4f, w: vec4f) -> vec4f {
  return fma(a[3], vec4f(w.w), fma(a[2], vec4f(w.z), fma(a[1], vec4f(w.y), fma(a[0], vec4f(w.x), sum))));
}
