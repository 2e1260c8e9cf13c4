// Many whole steps of one network in one dispatch, its weights in the memory of one workgroup
//
// Formula:  per step, over tiles of rows: z = a · w + bias, a = f(z); d = scale · loss′ · f′ at the output and
//           d = (d_next · wᵀ) · f′ before it; dE/dw = aᵀ · d and dE/dbias = Σ d over all rows; then
//           parameter += change(dE/dparameter). Every product is one of 4 × 4 blocks.
// Reads:    inputs [rowCount, inputCount]; targets [rowCount, outputCount]; shape, with a Layer for each layer
// Writes:   parameters and lowParts [parameterCount]: together one compensated parameter each; gradients
//           [parameterCount], sums over the tiles so far; losses [steps]. Without `updates` only gradients.
//           rows: what a tile's rows have in each unit, for this kernel alone
// Dispatch: one workgroup. Up to the first barrier of a tile an invocation takes eight rows through the whole
//           network; behind it, it takes blocks of 8 × 8 weights, and fours of biases, whose owner it stays
// Twin: src/cpu/backprop.ts

struct Params {
  firstStep: u32,
  stepCount: u32,
  rowCount: u32,
  learningRate: f32,
  scale: f32,
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
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
@group(0) @binding(3) var<storage, read> shape: Shape;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(5) var<storage, read_write> lowParts: array<f32>;
@group(0) @binding(6) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(7) var<storage, read_write> losses: array<f32>;
// Unit by unit, each entry four rows of the tile. Units are filled up to fours, and those never written: zeros.
@group(0) @binding(8) var<storage, read_write> rows: array<vec4f>;

override invocationCount: u32;
// At least what the layout takes.
override memoryLength: u32;
// The one activation of all hidden layers, or MIXED: then each looks its own up.
override hiddenActivation: u32;
override outputActivation: u32;
override loss: u32;
override optimizer: u32;
override updates: bool;

const MIXED = 0xffffffffu;

// The losses of each invocation's rows; then, layer by layer, weights [inputCount, units / 4] with the biases as
// a last row, each entry four units.
var<workgroup> memory: array<vec4f, memoryLength>;

// Loops that run at least once test at their end: SwiftShader runs the body of a `for` once more than asked, with
// every invocation masked, and for the same reason both sides of an `if`.
@compute @workgroup_size(invocationCount)
fn main(@builtin(local_invocation_index) invocation: u32) {
  for (var l = 0u; l < layerCount(); l++) { loadParameters(shape.layers[l], invocation); }
  workgroupBarrier();

  for (var step = 0u; step < params.stepCount; step++) {
    var lossSum = vec4f();
    for (var firstRow = 0u; firstRow < params.rowCount; firstRow += 4u * shape.tileQuads) {
      let isFirst = firstRow == 0u;
      let isLast = firstRow + 4u * shape.tileQuads >= params.rowCount;
      // Two quads an invocation.
      let pairs = min(shape.tileQuads / 2u, (params.rowCount - firstRow + 7u) / 8u);
      var pair = invocation;
      loop {
        // The inputs of the only tile are still there from the step before.
        let isNew = step == 0u || !isFirst || !isLast;
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
        losses[params.firstStep + step] = params.scale * sumOfLosses();
      }
      var l = 0u;
      loop {
        weightsGradient(shape.layers[l], invocation, 2u * pairs, vec2<bool>(isFirst, isLast));
        biasGradient(shape.layers[l], invocation, 2u * pairs, vec2<bool>(isFirst, isLast));
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

// Eight rows through the whole network and back; returns their losses.
fn takeRows(firstRow: u32, quads: vec2u, isNew: bool) -> vec4f {
  if (isNew) { loadInputs(firstRow, quads); }
  var l = 0u;
  loop {
    forward(shape.layers[l], l == layerCount() - 1u, quads);
    continuing {
      l++;
      break if l == layerCount();
    }
  }
  let loss = outputGradient(firstRow, quads.x) + outputGradient(firstRow, quads.y);
  if (layerCount() > 1u) {
    loop {
      l--;
      hiddenGradient(shape.layers[l - 1u], shape.layers[l], quads);
      continuing {
        break if l == 1u;
      }
    }
  }
  return loss;
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
  let layer = shape.layers[0];
  for (var i = 0u; i < 2u * layer.inputCount; i++) {
    let quad = select(quads.x, quads.y, i % 2u == 1u);
    let at = rowsFrom(firstRow + 4u * quad) * layer.inputCount + i / 2u;
    let four = vec4f(inputs[at.x], inputs[at.y], inputs[at.z], inputs[at.w]);
    rows[layer.inputAt + i / 2u * shape.tileQuads + quad] = four;
  }
}

// a = f(a_before · w + bias). f′ goes where the gradient will be.
fn forward(layer: Layer, isOutput: bool, quads: vec2u) {
  let unitQuads = fours(layer.units);
  var u = 0u;
  loop {
    let units = twoFrom(u, unitQuads);
    var z = array<mat4x4f, 4>();
    if (layer.hasBias == 1u) {
      let biases = layer.weightsAt + layer.inputCount * unitQuads + units;
      z = inEachRow(memory[biases.x], memory[biases.y]);
    }
    var k = 0u;
    loop {
      let a = unitsOfRows(layer.inputAt + k * shape.tileQuads + quads);
      let w = unitsOfInputs(layer.weightsAt + k * unitQuads + units, unitQuads);
      z = addProducts(z, a, transposed(w));
      continuing {
        k += 4u;
        break if k >= layer.inputCount;
      }
    }
    var sums = z;
    var i = 0u;
    loop {
      let at = (4u * u + i / 2u) * shape.tileQuads + quadOf(i, quads);
      activate(layer, isOutput, sums[sumOf(i)][columnOf(i)], at);
      continuing {
        i++;
        break if i == 2u * min(8u, layer.units - 4u * u);
      }
    }
    continuing {
      u += 2u;
      break if u >= unitQuads;
    }
  }
}

fn activate(layer: Layer, isOutput: bool, z: vec4f, at: u32) {
  let kind = select(hiddenActivation, layer.activation, hiddenActivation == MIXED);
  var a = activationValues(kind, z);
  var derivatives = activationDerivatives(kind, z, a);
  if (hiddenActivation != outputActivation) {
    let f = activationValues(outputActivation, z);
    a = select(a, f, isOutput);
    derivatives = select(derivatives, activationDerivatives(outputActivation, z, f), isOutput);
  }
  rows[layer.outputAt + at] = a;
  rows[layer.gradientAt + at] = derivatives;
}

// The notebook's "phase 1": d = scale · loss′ · f′. Returns the losses of the four rows.
fn outputGradient(firstRow: u32, quad: u32) -> vec4f {
  let layer = shape.layers[layerCount() - 1u];
  let row = firstRow + 4u * quad;
  // Behind the last row there is none that learns.
  let isRow = vec4u(row, row + 1u, row + 2u, row + 3u) < vec4u(params.rowCount);
  var sum = vec4f();
  var unit = 0u;
  loop {
    let f = rows[layer.outputAt + unit * shape.tileQuads + quad];
    let place = rowsFrom(row) * layer.units + unit;
    let t = vec4f(targets[place.x], targets[place.y], targets[place.z], targets[place.w]);
    let at = layer.gradientAt + unit * shape.tileQuads + quad;
    rows[at] = select(vec4f(), params.scale * lossDerivatives(loss, f, t) * rows[at], isRow);
    sum += lossValues(loss, f, t);
    continuing {
      unit++;
      break if unit == layer.units;
    }
  }
  return select(vec4f(), sum, isRow);
}

// The notebook's "phase 2": d = (d_next · wᵀ) · f′
fn hiddenGradient(layer: Layer, next: Layer, quads: vec2u) {
  let unitQuads = fours(next.units);
  var k = 0u;
  loop {
    let inputs = twoFrom(k, fours(layer.units));
    var z = array<mat4x4f, 4>();
    var u = 0u;
    loop {
      let d = unitsOfRows(next.gradientAt + 4u * u * shape.tileQuads + quads);
      z = addProducts(z, d, unitsOfInputs(next.weightsAt + 4u * inputs * unitQuads + u, unitQuads));
      continuing {
        u++;
        break if u == unitQuads;
      }
    }
    var sums = z;
    var i = 0u;
    loop {
      let at = layer.gradientAt + (4u * k + i / 2u) * shape.tileQuads + quadOf(i, quads);
      rows[at] = sums[sumOf(i)][columnOf(i)] * rows[at];
      continuing {
        i++;
        break if i == 2u * min(8u, layer.units - 4u * k);
      }
    }
    continuing {
      k += 2u;
      break if 4u * k >= layer.units;
    }
  }
}

// dE/dw = aᵀ · d over the rows of the tile
fn weightsGradient(layer: Layer, invocation: u32, quadCount: u32, tile: vec2<bool>) {
  let columns = (fours(layer.units) + 1u) / 2u;
  let blockCount = (fours(layer.inputCount) + 1u) / 2u * columns;
  var block = invocation;
  loop {
    if (block < blockCount) { blockGradient(layer, 2u * vec2u(block / columns, block % columns), quadCount, tile); }
    continuing {
      block += invocationCount;
      break if block - invocation >= blockCount;
    }
  }
}

// From input 4 · place.x and unit 4 · place.y on, eight each.
fn blockGradient(layer: Layer, place: vec2u, quadCount: u32, tile: vec2<bool>) {
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
      follow(layer, vec2u(4u * place.x + i / 2u, unitQuad), sums[sumOf(i)][columnOf(i)], tile);
    }
    continuing {
      i++;
      break if i == 2u * min(8u, layer.inputCount - 4u * place.x);
    }
  }
}

// dE/dbias = Σ d over the rows of the tile
fn biasGradient(layer: Layer, invocation: u32, quadCount: u32, tile: vec2<bool>) {
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
      follow(layer, vec2u(layer.inputCount, unitQuad), sum, tile);
    }
    continuing {
      unitQuad += invocationCount;
      break if unitQuad - invocation >= unitQuads;
    }
  }
}

// Four weights of an input, or four biases: adds up their gradients, and updates them behind the last tile.
fn follow(layer: Layer, place: vec2u, sum: vec4f, tile: vec2<bool>) {
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
      let change = optimizerChange(optimizer, gradient, params.learningRate);
      let parameter = addCompensated(vec2f(memory[at][k], lowParts[i]), change);
      memory[at][k] = parameter.x;
      parameters[i] = parameter.x;
      lowParts[i] = parameter.y;
    } else {
      gradients[i] = gradient;
    }
    continuing {
      k++;
      break if k == min(4u, layer.units - unit);
    }
  }
}

fn sumOfLosses() -> f32 {
  var sum = vec4f();
  for (var i = 0u; i < invocationCount; i++) { sum += memory[i]; }
  return sum.x + sum.y + sum.z + sum.w;
}

// Behind the last row it is read again.
fn rowsFrom(row: u32) -> vec4u {
  return min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.rowCount - 1u));
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
