// Many whole steps in one dispatch, the weights of a network in the memory of its workgroup
//
// Formula:  per step, over tiles of rows: z = a · w + bias, a = f(z); d = scale · loss′ · f′ at the output and
//           d = (d_next · wᵀ) · f′ before it; dE/dw = aᵀ · d and dE/dbias = Σ d over all rows; then
//           parameter += change(dE/dparameter). Every product is one of 4 × 4 blocks.
// Reads:    inputs [rowCount, inputCount]; targets [rowCount, outputCount]; shape, with a Layer for each layer
// Writes:   parameters [networks, parameterCount]; state: the low parts, which make compensated parameters of them,
//           [networks, parameterCount], then what the optimizer remembers [networks, 0 … 2, parameterCount]; gradients
//           [networks, parameterCount], sums over the tiles so far; losses [steps], of a population [kept, networks].
//           Without `updates` only gradients. rows: what a tile's rows have in each unit, for this kernel alone
// Dispatch: one workgroup a network. Up to the first barrier of a tile an invocation takes eight rows through the whole
//           network; behind it, it takes blocks of 8 × 8 weights, and fours of biases, whose owner it stays
// Twin: src/cpu/backprop.ts

struct Params {
  firstStep: u32,
  stepCount: u32,
  rowCount: u32,
  parameterCount: u32,
  // Of a full batch, and of the last one of an epoch.
  scale: f32,
  lastScale: f32,
  batchSize: u32,
  batchCount: u32,
  lastBatchSize: u32,
  seed: u32,
  halfBits: u32,
  // From here on of populations alone.
  networkCount: u32,
  distinctRates: u32,
  lossStride: u32,
  lastStep: u32,
}

// …At says where in `rows`, `memory` or `parameters` something begins.
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

struct Shape {
  // Rows of a tile / 4.
  tileQuads: u32,
  layers: array<Layer>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> rates: array<vec4u, 4096>;
@group(0) @binding(2) var<storage, read> inputs: array<f32>;
@group(0) @binding(3) var<storage, read> targets: array<f32>;
@group(0) @binding(4) var<storage, read> shape: Shape;
@group(0) @binding(5) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(6) var<storage, read_write> state: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(8) var<storage, read_write> losses: array<f32>;
// Unit by unit, each entry four rows of the tile. Units are filled up to fours, and those never written: zeros.
@group(0) @binding(9) var<storage, read_write> rows: array<vec4f>;

override invocationCount: u32;
// At least what the layout takes.
override memoryLength: u32;
// The one activation of all hidden layers, or MIXED: then each looks its own up.
override hiddenActivation: u32;
override outputActivation: u32;
override loss: u32;
override optimizer: u32;
// How much of the state the optimizer remembers itself.
override stateCount: u32;
override penalizes: bool;
// Whether a step has rates of its own.
override ratesVary: bool;
// Whether what rounding takes from a parameter is kept: without it, a compensated addition is a plain one.
override compensates: bool;
// Whether a step takes a part of the table.
override isBatched: bool;
override shuffles: bool;
override updates: bool;
// Whether there are several networks: what each has of its own then lies before the rates of the steps.
override isPopulation: bool;

const MIXED = 0xffffffffu;
// What a network has of its own lies in `rates`: with inputs, parameters and so on, there are as many storage buffers as
// every device binds. Whole numbers are not read as float32, whose bits a device may change.
const NETWORK_ENTRIES = 5u;

// The losses of each invocation's rows; then, layer by layer, weights [inputCount, units / 4] with the biases as
// a last row, each entry four units.
var<workgroup> memory: array<vec4f, memoryLength>;

var<private> own: Network;
var<private> part: Part;
var<private> batch: Batch;

// Loops that run at least once test at their end: SwiftShader runs the body of a `for` once more than asked, with
// every invocation masked, and for the same reason both sides of an `if`.
@compute @workgroup_size(invocationCount)
fn main(@builtin(local_invocation_index) invocation: u32, @builtin(workgroup_id) workgroup: vec3u) {
  let network = networkAt(workgroup.x);
  if (isPopulation) {
    own = network;
    part = partOf(workgroup.x);
  }
  for (var l = 0u; l < layerCount(); l++) { loadParameters(layerAt(l), invocation); }
  workgroupBarrier();

  for (var step = 0u; step < params.stepCount; step++) {
    let rowCount = rowCountOf(network, params.firstStep + step);
    beginBatch(network, params.firstStep + step, rowCount);
    let rate = ratesAt(workgroup.x, network.ratesAt, select(0u, step, ratesVary));
    var lossSum = vec4f();
    for (var firstRow = 0u; firstRow < rowCount; firstRow += 4u * shape.tileQuads) {
      let isFirst = firstRow == 0u;
      let isLast = firstRow + 4u * shape.tileQuads >= rowCount;
      // Two quads an invocation.
      let pairs = min(shape.tileQuads / 2u, (rowCount - firstRow + 7u) / 8u);
      var pair = invocation;
      loop {
        // The inputs of the only tile are still there from the step before.
        let isNew = isBatched || step == 0u || !isFirst || !isLast;
        if (pair < pairs) { lossSum += takeRows(firstRow, vec2u(pair, pair + pairs), isNew); }
        continuing {
          pair += invocationCount;
          break if pair - invocation >= pairs;
        }
      }
      memory[invocation] = lossSum;
      storageBarrier();
      workgroupBarrier();

      if (updates && isLast && invocation == 0u) {
        keepLoss(params.firstStep + step, meanScale() * sumOfLosses());
      }
      var l = 0u;
      loop {
        weightsGradient(layerAt(l), invocation, 2u * pairs, vec2<bool>(isFirst, isLast), rate);
        biasGradient(layerAt(l), invocation, 2u * pairs, vec2<bool>(isFirst, isLast), rate);
        continuing {
          l++;
          break if l == layerCount();
        }
      }
      storageBarrier();
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

// dE/dw = aᵀ · d over the rows of the tile
fn weightsGradient(layer: Layer, invocation: u32, quadCount: u32, tile: vec2<bool>, rate: Rates) {
  let columns = (fours(layer.units) + 1u) / 2u;
  let blockCount = (fours(layer.inputCount) + 1u) / 2u * columns;
  var block = invocation;
  loop {
    if (block < blockCount) { blockGradient(layer, 2u * vec2u(block / columns, block % columns), quadCount, tile, rate); }
    continuing {
      block += invocationCount;
      break if block - invocation >= blockCount;
    }
  }
}

// From input 4 · place.x and unit 4 · place.y on, eight each.
fn blockGradient(layer: Layer, place: vec2u, quadCount: u32, tile: vec2<bool>, rate: Rates) {
  let unitQuads = fours(layer.units);
  let a = layer.inputAt + 4u * shape.tileQuads * twoFrom(place.x, fours(layer.inputCount));
  let d = layer.gradientAt + 4u * shape.tileQuads * twoFrom(place.y, unitQuads);
  var g = array<mat4x4f, 4>();
  var quad = 0u;
  loop {
    g = addProducts(g, transposed(unitsOfRows(d + quad)), unitsOfRows(a + quad));
    continuing {
      quad++;
      break if quad == quadCount;
    }
  }
  var sums = g;
  var i = 0u;
  loop {
    let unitQuad = place.y + i % 2u;
    if (unitQuad < unitQuads) {
      follow(layer, vec2u(4u * place.x + i / 2u, unitQuad), sums[sumOf(i)][columnOf(i)], tile, rate);
    }
    continuing {
      i++;
      break if i == 2u * min(8u, layer.inputCount - 4u * place.x);
    }
  }
}

// dE/dbias = Σ d over the rows of the tile
fn biasGradient(layer: Layer, invocation: u32, quadCount: u32, tile: vec2<bool>, rate: Rates) {
  let unitQuads = fours(layer.units);
  var unitQuad = invocation;
  loop {
    if (layer.hasBias == 1u && unitQuad < unitQuads) {
      var sum = vec4f();
      var quad = 0u;
      loop {
        let d = transpose(fourUnits(layer.gradientAt + 4u * unitQuad * shape.tileQuads + quad));
        sum += d[0] + d[1] + d[2] + d[3];
        continuing {
          quad++;
          break if quad == quadCount;
        }
      }
      follow(layer, vec2u(layer.inputCount, unitQuad), sum, tile, rate);
    }
    continuing {
      unitQuad += invocationCount;
      break if unitQuad - invocation >= unitQuads;
    }
  }
}

// Four weights of an input, or four biases: adds up their gradients, and updates them behind the last tile.
fn follow(layer: Layer, place: vec2u, sum: vec4f, tile: vec2<bool>, rate: Rates) {
  let isFirst = tile.x;
  let isLast = tile.y;
  let unit = 4u * place.y;
  let at = layer.weightsAt + place.x * fours(layer.units) + place.y;
  let first = layer.parametersAt + place.x * layer.units + unit;
  var k = 0u;
  loop {
    let i = first + k;
    var gradient = sum[k];
    if (!isFirst) { gradient += gradients[i]; }
    if (updates && isLast) {
      memory[at][k] = updated(i, memory[at][k], gradient, rate);
    } else {
      gradients[i] = gradient;
    }
    continuing {
      k++;
      break if k == min(4u, layer.units - unit);
    }
  }
}

// One parameter behind its step.
fn updated(i: u32, value: f32, gradient: f32, rate: Rates) -> f32 {
  let n = params.parameterCount;
  var first = n + i;
  if (isPopulation) { first = part.rememberedAt + i; }
  var remembered = vec2f();
  if (stateCount > 0u) { remembered.x = state[first]; }
  if (stateCount > 1u) { remembered.y = state[first + n]; }
  let after = followed(optimizer, penalizes, Parameter(vec2f(value, state[i]), remembered), gradient, rate);
  parameters[i] = after.pair.x;
  state[i] = select(0.0, after.pair.y, compensates);
  if (stateCount > 0u) { state[first] = after.remembered.x; }
  if (stateCount > 1u) { state[first + n] = after.remembered.y; }
  return after.pair.x;
}

fn sumOfLosses() -> f32 {
  var sum = vec4f();
  for (var i = 0u; i < invocationCount; i++) { sum += memory[i]; }
  return sum.x + sum.y + sum.z + sum.w;
}

// Four rows of four units, in two places; a column is a unit.
fn unitsOfRows(at: vec2u) -> array<mat4x4f, 2> {
  return array<mat4x4f, 2>(fourUnits(at.x), fourUnits(at.y));
}

fn fourUnits(at: u32) -> mat4x4f {
  let stride = shape.tileQuads;
  return mat4x4f(rows[at], rows[at + stride], rows[at + 2u * stride], rows[at + 3u * stride]);
}

// The weights of four inputs to four units, in two places; a column is an input.
fn unitsOfInputs(at: vec2u, stride: u32) -> array<mat4x4f, 2> {
  return array<mat4x4f, 2>(fourInputs(at.x, stride), fourInputs(at.y, stride));
}

fn fourInputs(at: u32, stride: u32) -> mat4x4f {
  return mat4x4f(memory[at], memory[at + stride], memory[at + 2u * stride], memory[at + 3u * stride]);
}

fn layerCount() -> u32 {
  return arrayLength(&shape.layers);
}
