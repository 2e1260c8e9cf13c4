// A block of a matrix product A · B, kept in registers by one invocation: what is loaded once serves a whole row or
// column of it. Four terms of the sum over k at a time, so that 4×4 matrices do the arithmetic. The accumulators are
// written out, one variable a row: an array indexed in a loop would not stay in registers.
//
// A kernel that uses it says what its product is, in functions of its own that WGSL finds wherever they stand:
//   rowPlaces(rows: vec4u) -> vec4u, columnPlaces(columns: vec4u) -> vec4u: where in their buffers they begin
//   entriesOfA(place: u32, terms: Terms) -> vec4f: A[row, four k], 0 where a term does not exist
//   entriesOfB(terms: Terms, places: vec4u) -> mat4x4f: B[four k, four columns], a column for each k
//   sumsColumns() -> bool: whether the sums of the columns of B are wanted too
// Twin: src/core/matrix.ts (multiply)

const BLOCK = 16u;

// One row of the block: column j of the matrix holds entries 4j … 4j + 3.
alias BlockRow = mat4x4f;

// Four rows k of B, 16 entries wide: matrix j holds entries 4j … 4j + 3, one column for each k.
alias FourRows = array<mat4x4f, 4>;

// Rows or columns of the result from `first` on, of `count` that there are.
struct Extent {
  first: u32,
  count: u32,
}

// Four k of the sum, and which of them exist: there are fewer at its end.
struct Terms {
  k: vec4u,
  exist: vec4<bool>,
}

struct Block {
  rows: array<BlockRow, BLOCK>,
  columnSums: BlockRow,
}

// Rows × columns of A · B, `termCount` terms an entry, each row begun with `start`.
fn blockOf(rows: Extent, columns: Extent, termCount: u32, start: BlockRow) -> Block {
  let a = sixteenPlacesOfRows(rows);
  let b = sixteenPlacesOfColumns(columns);
  var row0 = start; var row1 = start; var row2 = start; var row3 = start;
  var row4 = start; var row5 = start; var row6 = start; var row7 = start;
  var row8 = start; var row9 = start; var row10 = start; var row11 = start;
  var row12 = start; var row13 = start; var row14 = start; var row15 = start;
  var columnSums = BlockRow();
  for (var first = 0u; first < termCount; first += 4u) {
    let terms = termsFrom(first, termCount);
    let four = fourRowsOfB(terms, b);
    row0 += product(entriesOfA(a[0].x, terms), four);
    row1 += product(entriesOfA(a[0].y, terms), four);
    row2 += product(entriesOfA(a[0].z, terms), four);
    row3 += product(entriesOfA(a[0].w, terms), four);
    row4 += product(entriesOfA(a[1].x, terms), four);
    row5 += product(entriesOfA(a[1].y, terms), four);
    row6 += product(entriesOfA(a[1].z, terms), four);
    row7 += product(entriesOfA(a[1].w, terms), four);
    row8 += product(entriesOfA(a[2].x, terms), four);
    row9 += product(entriesOfA(a[2].y, terms), four);
    row10 += product(entriesOfA(a[2].z, terms), four);
    row11 += product(entriesOfA(a[2].w, terms), four);
    row12 += product(entriesOfA(a[3].x, terms), four);
    row13 += product(entriesOfA(a[3].y, terms), four);
    row14 += product(entriesOfA(a[3].z, terms), four);
    row15 += product(entriesOfA(a[3].w, terms), four);
    if (sumsColumns()) { columnSums += product(select(vec4f(), vec4f(1.0), terms.exist), four); }
  }
  return Block(
    array<BlockRow, BLOCK>(
      row0, row1, row2, row3, row4, row5, row6, row7,
      row8, row9, row10, row11, row12, row13, row14, row15,
    ),
    columnSums,
  );
}

fn termsFrom(first: u32, count: u32) -> Terms {
  return Terms(fourFrom(first, count), first + vec4u(0u, 1u, 2u, 3u) < vec4u(count));
}

// Four indices. Behind the last one the last one again, so that every load finds an entry; it is not kept.
fn fourFrom(first: u32, count: u32) -> vec4u {
  return min(first + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
}

fn sixteenPlacesOfRows(rows: Extent) -> array<vec4u, 4> {
  return array<vec4u, 4>(
    rowPlaces(fourFrom(rows.first, rows.count)),
    rowPlaces(fourFrom(rows.first + 4u, rows.count)),
    rowPlaces(fourFrom(rows.first + 8u, rows.count)),
    rowPlaces(fourFrom(rows.first + 12u, rows.count)),
  );
}

fn sixteenPlacesOfColumns(columns: Extent) -> array<vec4u, 4> {
  return array<vec4u, 4>(
    columnPlaces(fourFrom(columns.first, columns.count)),
    columnPlaces(fourFrom(columns.first + 4u, columns.count)),
    columnPlaces(fourFrom(columns.first + 8u, columns.count)),
    columnPlaces(fourFrom(columns.first + 12u, columns.count)),
  );
}

fn fourRowsOfB(terms: Terms, places: array<vec4u, 4>) -> FourRows {
  return FourRows(
    entriesOfB(terms, places[0]),
    entriesOfB(terms, places[1]),
    entriesOfB(terms, places[2]),
    entriesOfB(terms, places[3]),
  );
}

// What four terms add to a row of the block: its row of A, times four rows of B.
fn product(a: vec4f, b: FourRows) -> BlockRow {
  return BlockRow(b[0] * a, b[1] * a, b[2] * a, b[3] * a);
}

// How blocks are counted: along the columns, then down the rows, for in a grid a narrow layer would leave most
// invocations idle. Above 524,280 blocks the workgroups go on in the second dimension.
fn blockAt(id: vec3u, grid: vec3u, columnCount: u32) -> vec2u {
  let position = id.x + id.y * grid.x * 8u;
  let across = (columnCount + BLOCK - 1u) / BLOCK;
  return BLOCK * vec2u(position % across, position / across);
}
