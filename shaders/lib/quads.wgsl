// A block of 32 × 16 of a matrix product, as blocks.wgsl has one of 16 × 16: four invocations that need the same rows
// load one each and hand it to one another.
// Twin: src/core/matrix.ts (multiply)

// Rows of the result from `first` on, of `count` that there are, and which invocation of its subgroup asks.
struct QuadRows {
  first: u32,
  count: u32,
  lane: u32,
}

struct QuadBlock {
  rows: array<BlockRow, 2u * BLOCK>,
  columnSums: BlockRow,
}

// Rows × columns of A · B; the rows must be the same in the whole workgroup.
fn quadBlockOf(rows: QuadRows, columns: Extent, termCount: u32, start: BlockRow) -> QuadBlock {
  let a = ownPlaces(rows);
  let b = sixteenPlacesOfColumns(columns);
  var row0 = start; var row1 = start; var row2 = start; var row3 = start;
  var row4 = start; var row5 = start; var row6 = start; var row7 = start;
  var row8 = start; var row9 = start; var row10 = start; var row11 = start;
  var row12 = start; var row13 = start; var row14 = start; var row15 = start;
  var row16 = start; var row17 = start; var row18 = start; var row19 = start;
  var row20 = start; var row21 = start; var row22 = start; var row23 = start;
  var row24 = start; var row25 = start; var row26 = start; var row27 = start;
  var row28 = start; var row29 = start; var row30 = start; var row31 = start;
  var columnSums = BlockRow();
  for (var first = 0u; first < termCount; first += 4u) {
    let terms = termsFrom(first, termCount);
    let four = fourRowsOfB(terms, b);
    let own0 = entriesOfA(a[0].x, terms);
    row0 += product(quadBroadcast(own0, 0u), four);
    row1 += product(quadBroadcast(own0, 1u), four);
    row2 += product(quadBroadcast(own0, 2u), four);
    row3 += product(quadBroadcast(own0, 3u), four);
    let own1 = entriesOfA(a[0].y, terms);
    row4 += product(quadBroadcast(own1, 0u), four);
    row5 += product(quadBroadcast(own1, 1u), four);
    row6 += product(quadBroadcast(own1, 2u), four);
    row7 += product(quadBroadcast(own1, 3u), four);
    let own2 = entriesOfA(a[0].z, terms);
    row8 += product(quadBroadcast(own2, 0u), four);
    row9 += product(quadBroadcast(own2, 1u), four);
    row10 += product(quadBroadcast(own2, 2u), four);
    row11 += product(quadBroadcast(own2, 3u), four);
    let own3 = entriesOfA(a[0].w, terms);
    row12 += product(quadBroadcast(own3, 0u), four);
    row13 += product(quadBroadcast(own3, 1u), four);
    row14 += product(quadBroadcast(own3, 2u), four);
    row15 += product(quadBroadcast(own3, 3u), four);
    let own4 = entriesOfA(a[1].x, terms);
    row16 += product(quadBroadcast(own4, 0u), four);
    row17 += product(quadBroadcast(own4, 1u), four);
    row18 += product(quadBroadcast(own4, 2u), four);
    row19 += product(quadBroadcast(own4, 3u), four);
    let own5 = entriesOfA(a[1].y, terms);
    row20 += product(quadBroadcast(own5, 0u), four);
    row21 += product(quadBroadcast(own5, 1u), four);
    row22 += product(quadBroadcast(own5, 2u), four);
    row23 += product(quadBroadcast(own5, 3u), four);
    let own6 = entriesOfA(a[1].z, terms);
    row24 += product(quadBroadcast(own6, 0u), four);
    row25 += product(quadBroadcast(own6, 1u), four);
    row26 += product(quadBroadcast(own6, 2u), four);
    row27 += product(quadBroadcast(own6, 3u), four);
    let own7 = entriesOfA(a[1].w, terms);
    row28 += product(quadBroadcast(own7, 0u), four);
    row29 += product(quadBroadcast(own7, 1u), four);
    row30 += product(quadBroadcast(own7, 2u), four);
    row31 += product(quadBroadcast(own7, 3u), four);
    if (sumsColumns()) { columnSums += product(select(vec4f(), vec4f(1.0), terms.exist), four); }
  }
  return QuadBlock(
    array<BlockRow, 2u * BLOCK>(
      row0, row1, row2, row3, row4, row5, row6, row7,
      row8, row9, row10, row11, row12, row13, row14, row15,
      row16, row17, row18, row19, row20, row21, row22, row23,
      row24, row25, row26, row27, row28, row29, row30, row31,
    ),
    columnSums,
  );
}

// The eight rows that an invocation loads for its quad: every fourth, from the one of its own lane on.
fn ownPlaces(rows: QuadRows) -> array<vec4u, 2> {
  let first = rows.first + rows.lane % 4u + vec4u(0u, 4u, 8u, 12u);
  let last = vec4u(rows.count - 1u);
  return array<vec4u, 2>(rowPlaces(min(first, last)), rowPlaces(min(first + 16u, last)));
}
