// Many whole steps of one network in one dispatch: weights and rows in the memory of one workgroup
//
// Formula:  per step, over tiles of rows: z = a · w + bias, a = f(z); d = scale · loss′ · f′ at the output and
//           d = (d_next · wᵀ) · f′ before it; dE/dw = aᵀ · d and dE/dbias = Σ d over all rows; then
//           parameter += change(dE/dparameter). Every product is one of 4 × 4 blocks.
// Reads:    inputs [rowCount, inputCount]; targets [rowCount, outputCount]; layers [layerCount]
// Writes:   parameters and lowParts [parameterCount]: together one compensated parameter each; gradients
//           [parameterCount], sums over the tiles so far; losses [steps]. Without `updates` only gradients.
// Dispatch: one workgroup. Up to the first barrier of a tile an invocation takes eight rows through the whole
//           network; behind it, it takes blocks of 8 × 8 weights, or four biases, whose owner it stays.
// Twin: src/cpu/backprop.ts

struct Params {
  firstStep: u32,
  stepCount: u32,
  rowCount: u32,
  learningRate: f32,
  scale: f32,
}

// What lies where in `memory` is written by the host; …At are places there, parametersAt one in `parameters`.
struct Layer {
  inputCount: u32,
  units: u32,
  inputAt: u32,
  outputAt: u32,
  gradientAt: u32,
  weightsAt: u32,
  parametersAt: u32,
  hasBias: u32,
  activation: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
@group(0) @binding(3) var<storage, read> layers: array<Layer>;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(5) var<storage, read_write> lowParts: array<f32>;
@group(0) @binding(6) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(7) var<storage, read_write> losses: array<f32>;

override invocationCount: u32;
override memoryLength: u32;
// Rows of a tile / 4.
override tileQuads: u32;
override layerCount: u32;
// The one activation of all hidden layers, or MIXED: then each looks its own up.
override hiddenActivation: u32;
override outputActivation: u32;
override loss: u32;
override optimizer: u32;
override updates: bool;

const MIXED = 0xffffffffu;

// The loss of each invocation's rows; then, layer by layer, weights [inputCount, units / 4] with the biases as a
// last row, each entry four units; then, unit by unit, the rows of a tile, each entry four of them. Units are
// filled up to fours with zeros.
var<workgroup> memory: array<vec4f, memoryLength>;

@compute @workgroup_size(invocationCount)
fn main(@builtin(local_invocation_index) invocation: u32) {
  for (var l = 0u; l < layerCount; l++) { loadParameters(layers[l], invocation); }
  workgroupBarrier();

  for (var step = 0u; step < params.stepCount; step++) {
    var lossSum = vec4f();
    for (var firstRow = 0u; firstRow < params.rowCount; firstRow += 4u * tileQuads) {
      // Two quads an invocation.
      let pairs = min(tileQuads / 2u, (params.rowCount - firstRow + 7u) / 8u);
      for (var pair = invocation; pair < pairs; pair += invocationCount) {
        let quads = vec2u(pair, pair + pairs);
        loadInputs(firstRow, quads);
        for (var l = 0u; l < layerCount; l++) { forward(l, quads); }
        lossSum += outputGradient(firstRow, quads.x) + outputGradient(firstRow, quads.y);
        for (var l = layerCount - 1u; l > 0u; l--) { hiddenGradient(layers[l - 1u], layers[l], quads); }
      }
      memory[invocation] = lossSum;
      workgroupBarrier();

      let isLast = firstRow + 4u * tileQuads >= params.rowCount;
      if (updates && isLast && invocation == 0u) {
        losses[params.firstStep + step] = params.scale * sumOfLosses();
      }
      for (var l = 0u; l < layerCount; l++) {
        weightsGradient(layers[l], invocation, 2u * pairs, vec2<bool>(firstRow == 0u, isLast));
        biasGradient(layers[l], invocation, 2u * pairs, vec2<bool>(firstRow == 0u, isLast));
      }
      workgroupBarrier();
    }
  }
}

fn loadParameters(layer: Layer, invocation: u32) {
  let unitQuads = fours(layer.units);
  let entries = (layer.inputCount + layer.hasBias) * unitQuads;
  for (var i = invocation; i < entries; i += invocationCount) {
    let unit = 4u * (i % unitQuads);
    let first = layer.parametersAt + i / unitQuads * layer.units + unit;
    var four = vec4f();
    for (var k = 0u; k < min(4u, layer.units - unit); k++) { four[k] = parameters[first + k]; }
    memory[layer.weightsAt + i] = four;
  }
}

fn loadInputs(firstRow: u32, quads: vec2u) {
  let layer = layers[0];
  for (var k = 0u; k < layer.inputCount; k++) {
    let at = layer.inputAt + k * tileQuads;
    memory[at + quads.x] = fourInputs(firstRow + 4u * quads.x, layer.inputCount, k);
    memory[at + quads.y] = fourInputs(firstRow + 4u * quads.y, layer.inputCount, k);
  }
}

fn fourInputs(row: u32, inputCount: u32, k: u32) -> vec4f {
  let at = rowsFrom(row) * inputCount + k;
  return vec4f(inputs[at.x], inputs[at.y], inputs[at.z], inputs[at.w]);
}

// a = f(a_before · w + bias). f′ goes where the gradient will be.
fn forward(l: u32, quads: vec2u) {
  let layer = layers[l];
  let unitQuads = fours(layer.units);
  for (var u = 0u; u < unitQuads; u += 2u) {
    let units = twoFrom(u, unitQuads);
    var z = array<mat4x4f, 4>();
    if (layer.hasBias == 1u) {
      let biases = layer.weightsAt + layer.inputCount * unitQuads + units;
      z[0] = inEachRow(memory[biases.x]);
      z[2] = inEachRow(memory[biases.y]);
    }
    z[1] = z[0];
    z[3] = z[2];
    for (var k = 0u; k < layer.inputCount; k += 4u) {
      let a = blocks(layer.inputAt + k * tileQuads + quads, tileQuads);
      let w = blocks(layer.weightsAt + k * unitQuads + units, unitQuads);
      z = addProducts(z, a, transposed(w));
    }

    // Loops instead of an `if`, of which SwiftShader runs both sides.
    let isOutput = l == layerCount - 1u;
    let kind = select(hiddenActivation, layer.activation, hiddenActivation == MIXED);
    var sums = z;
    for (var i = select(0u, 16u, isOutput); i < 16u; i++) {
      activate(kind, layer, sums[i / 4u][i % 4u], place(i, units, quads));
    }
    for (var i = select(16u, 0u, isOutput); i < 16u; i++) {
      activate(outputActivation, layer, sums[i / 4u][i % 4u], place(i, units, quads));
    }
  }
}

fn activate(kind: u32, layer: Layer, z: vec4f, place: vec2u) {
  let at = place.x * tileQuads + place.y;
  let a = vec4f(
    activationValue(kind, z.x), activationValue(kind, z.y),
    activationValue(kind, z.z), activationValue(kind, z.w),
  );
  let derivative = vec4f(
    activationDerivative(kind, z.x, a.x), activationDerivative(kind, z.y, a.y),
    activationDerivative(kind, z.z, a.z), activationDerivative(kind, z.w, a.w),
  );
  let isUnit = place.x < layer.units;
  memory[layer.outputAt + at] = select(vec4f(), a, isUnit);
  memory[layer.gradientAt + at] = select(vec4f(), derivative, isUnit);
}

// The notebook's "phase 1": d = scale · loss′ · f′. Returns the losses of the four rows.
fn outputGradient(firstRow: u32, quad: u32) -> vec4f {
  let layer = layers[layerCount - 1u];
  let row = firstRow + 4u * quad;
  let isRow = vec4u(row, row + 1u, row + 2u, row + 3u) < vec4u(params.rowCount);
  var sum = vec4f();
  for (var unit = 0u; unit < layer.units; unit++) {
    let f = memory[layer.outputAt + unit * tileQuads + quad];
    let t = fourTargets(row, layer.units, unit);
    let at = layer.gradientAt + unit * tileQuads + quad;
    let lossGradient = params.scale * vec4f(
      lossDerivative(loss, f.x, t.x), lossDerivative(loss, f.y, t.y),
      lossDerivative(loss, f.z, t.z), lossDerivative(loss, f.w, t.w),
    );
    memory[at] = select(vec4f(), lossGradient * memory[at], isRow);
    sum += vec4f(
      lossValue(loss, f.x, t.x), lossValue(loss, f.y, t.y), lossValue(loss, f.z, t.z), lossValue(loss, f.w, t.w),
    );
  }
  return select(vec4f(), sum, isRow);
}

fn fourTargets(row: u32, outputCount: u32, k: u32) -> vec4f {
  let at = rowsFrom(row) * outputCount + k;
  return vec4f(targets[at.x], targets[at.y], targets[at.z], targets[at.w]);
}

// The notebook's "phase 2": d = (d_next · wᵀ) · f′
fn hiddenGradient(layer: Layer, next: Layer, quads: vec2u) {
  let inputQuads = fours(next.inputCount);
  let unitQuads = fours(next.units);
  for (var k = 0u; k < inputQuads; k += 2u) {
    let inputs = twoFrom(k, inputQuads);
    var z = array<mat4x4f, 4>();
    for (var u = 0u; u < unitQuads; u++) {
      let w = blocks(next.weightsAt + 4u * inputs * unitQuads + u, unitQuads);
      let d = blocks(next.gradientAt + 4u * u * tileQuads + quads, tileQuads);
      z = addProducts(z, d, w);
    }
    var sums = z;
    // A block that was computed twice is followed once.
    for (var i = 0u; i < select(16u, 8u, inputs.x == inputs.y); i++) {
      let entry = place(i, inputs, quads);
      let at = layer.gradientAt + entry.x * tileQuads + entry.y;
      memory[at] = sums[i / 4u][i % 4u] * memory[at];
    }
  }
}

// dE/dw = aᵀ · d over the rows of the tile
fn weightsGradient(layer: Layer, invocation: u32, quadCount: u32, tile: vec2<bool>) {
  let inputQuads = fours(layer.inputCount);
  let unitQuads = fours(layer.units);
  let columns = (unitQuads + 1u) / 2u;
  let count = (inputQuads + 1u) / 2u * columns;
  for (var block = invocation; block < count; block += invocationCount) {
    let inputs = twoFrom(block / columns * 2u, inputQuads);
    let units = twoFrom(block % columns * 2u, unitQuads);
    var g = array<mat4x4f, 4>();
    for (var quad = 0u; quad < quadCount; quad++) {
      let a = blocks(layer.inputAt + 4u * inputs * tileQuads + quad, tileQuads);
      let d = blocks(layer.gradientAt + 4u * units * tileQuads + quad, tileQuads);
      g = addProducts(g, transposed(d), a);
    }
    var sums = g;
    for (var i = 0u; i < 16u; i++) {
      // A block that was computed twice is followed once.
      let isSecond = (i >= 8u && inputs.x == inputs.y) || (i % 8u >= 4u && units.x == units.y);
      let entry = place(i, inputs, units);
      if (isSecond || entry.x >= layer.inputCount) { continue; }
      follow(layer, entry, sums[i / 4u][i % 4u], tile);
    }
  }
}

// dE/dbias = Σ d over the rows of the tile
fn biasGradient(layer: Layer, invocation: u32, quadCount: u32, tile: vec2<bool>) {
  let end = select(0u, fours(layer.units), layer.hasBias == 1u);
  for (var unitQuad = invocation; unitQuad < end; unitQuad += invocationCount) {
    var sum = vec4f();
    for (var quad = 0u; quad < quadCount; quad++) {
      let at = layer.gradientAt + 4u * unitQuad * tileQuads + quad;
      let d = transpose(blockAt(at, tileQuads));
      sum += d[0] + d[1] + d[2] + d[3];
    }
    follow(layer, vec2u(layer.inputCount, unitQuad), sum, tile);
  }
}

// Four weights of one input, or four biases: adds up their gradients, and updates them behind the last tile.
fn follow(layer: Layer, place: vec2u, sum: vec4f, tile: vec2<bool>) {
  let isFirst = tile.x;
  let isLast = tile.y;
  let unit = 4u * place.y;
  let at = layer.weightsAt + place.x * fours(layer.units) + place.y;
  var four = memory[at];
  for (var k = 0u; k < min(4u, layer.units - unit); k++) {
    let i = layer.parametersAt + place.x * layer.units + unit + k;
    var gradient = sum[k];
    if (!isFirst) { gradient += gradients[i]; }
    if (!isLast || !updates) {
      gradients[i] = gradient;
    } else {
      let change = optimizerChange(optimizer, gradient, params.learningRate);
      let parameter = addCompensated(vec2f(four[k], lowParts[i]), change);
      four[k] = parameter.x;
      parameters[i] = parameter.x;
      lowParts[i] = parameter.y;
    }
  }
  memory[at] = four;
}

fn sumOfLosses() -> f32 {
  var sum = vec4f();
  for (var i = 0u; i < invocationCount; i++) { sum += memory[i]; }
  return sum.x + sum.y + sum.z + sum.w;
}

fn fours(count: u32) -> u32 {
  return (count + 3u) / 4u;
}

// Behind the last row it is read again; outputGradient leaves it out.
fn rowsFrom(row: u32) -> vec4u {
  return min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.rowCount - 1u));
}

// The next four of a column; where only one is left, it twice.
fn twoFrom(first: u32, count: u32) -> vec2u {
  return vec2u(first, min(first + 1u, count - 1u));
}

// Which column and which entry quad the i-th column of four blocks is.
fn place(i: u32, columns: vec2u, entries: vec2u) -> vec2u {
  return vec2u(4u * select(columns.x, columns.y, i >= 8u) + i % 4u, select(entries.x, entries.y, i % 8u >= 4u));
}

fn inEachRow(units: vec4f) -> mat4x4f {
  return mat4x4f(vec4f(units.x), vec4f(units.y), vec4f(units.z), vec4f(units.w));
}

fn blocks(at: vec2u, stride: u32) -> array<mat4x4f, 2> {
  return array<mat4x4f, 2>(blockAt(at.x, stride), blockAt(at.y, stride));
}

fn blockAt(at: u32, stride: u32) -> mat4x4f {
  return mat4x4f(memory[at], memory[at + stride], memory[at + 2u * stride], memory[at + 3u * stride]);
}

fn transposed(two: array<mat4x4f, 2>) -> array<mat4x4f, 2> {
  return array<mat4x4f, 2>(transpose(two[0]), transpose(two[1]));
}

// The four products of two blocks a and two blocks w, added to z.
fn addProducts(z: array<mat4x4f, 4>, a: array<mat4x4f, 2>, w: array<mat4x4f, 2>) -> array<mat4x4f, 4> {
  return array<mat4x4f, 4>(
    addProduct(z[0], a[0], w[0]), addProduct(z[1], a[1], w[0]),
    addProduct(z[2], a[0], w[1]), addProduct(z[3], a[1], w[1]),
  );
}

// z + a · w; by fma, which is a third faster than the product of two matrices on SwiftShader, and rounds less.
fn addProduct(z: mat4x4f, a: mat4x4f, w: mat4x4f) -> mat4x4f {
  return mat4x4f(
    addColumn(z[0], a, w[0]), addColumn(z[1], a, w[1]), addColumn(z[2], a, w[2]), addColumn(z[3], a, w[3]),
  );
}

fn addColumn(z: vec4f, a: mat4x4f, w: vec4f) -> vec4f {
  return fma(a[3], vec4f(w.w), fma(a[2], vec4f(w.z), fma(a[1], vec4f(w.y), fma(a[0], vec4f(w.x), z))));
}
