// What an invocation of fused-training.wgsl does with eight rows of a tile: forward, the loss, and the gradients of every
// pre-activation. Bindings, layout and the batch at hand are that file's.
// Twin: src/cpu/backprop.ts

// Eight rows through the whole network and back; returns their losses.
fn takeRows(firstRow: u32, quads: vec2u, isNew: bool) -> vec4f {
  if (isNew) { loadInputs(firstRow, quads); }
  var l = 0u;
  loop {
    forward(layerAt(l), l == layerCount() - 1u, quads);
    continuing {
      l++;
      break if l == layerCount();
    }
  }
  let loss = outputGradient(firstRow, quads.x) + outputGradient(firstRow, quads.y);
  if (layerCount() > 1u) {
    loop {
      l--;
      hiddenGradient(layerAt(l - 1u), layerAt(l), quads);
      continuing {
        break if l == 1u;
      }
    }
  }
  return loss;
}

fn loadInputs(firstRow: u32, quads: vec2u) {
  let layer = layerAt(0u);
  for (var i = 0u; i < 2u * layer.inputCount; i++) {
    let quad = select(quads.x, quads.y, i % 2u == 1u);
    let at = rowsOfTable(firstRow + 4u * quad) * layer.inputCount + i / 2u;
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
  var a = vec4f();
  var derivatives = vec4f();
  if (hiddenActivation == MIXED) {
    // One after the other: all cases four times over take a software adapter minutes to compile.
    for (var i = 0u; i < 4u; i++) {
      a[i] = activationValue(layer.activation, z[i]);
      derivatives[i] = activationDerivative(layer.activation, z[i], a[i]);
    }
  } else {
    a = activationValues(hiddenActivation, z);
    derivatives = activationDerivatives(hiddenActivation, z, a);
    if (hiddenActivation != outputActivation) {
      let f = activationValues(outputActivation, z);
      a = select(a, f, isOutput);
      derivatives = select(derivatives, activationDerivatives(outputActivation, z, f), isOutput);
    }
  }
  rows[layer.outputAt + at] = a;
  rows[layer.gradientAt + at] = derivatives;
}

// The notebook's "phase 1": d = scale · loss′ · f′. Returns the losses of the four rows.
fn outputGradient(firstRow: u32, quad: u32) -> vec4f {
  let layer = layerAt(layerCount() - 1u);
  let row = firstRow + 4u * quad;
  // Behind the last row there is none that learns.
  let isRow = vec4u(row, row + 1u, row + 2u, row + 3u) < vec4u(batchRowCount());
  let tableRows = rowsOfTable(row) * layer.units;
  let statistics = statisticsOf(layer, quad, tableRows);
  var sum = vec4f();
  var unit = 0u;
  loop {
    let f = rows[layer.outputAt + unit * shape.tileQuads + quad];
    let t = targetsAt(tableRows + unit);
    let at = layer.gradientAt + unit * shape.tileQuads + quad;
    let lossGradient = meanScale() * lossDerivatives(loss, f, t, statistics);
    rows[at] = select(vec4f(), lossGradient * rows[at], isRow);
    sum += lossValues(loss, f, t, statistics);
    continuing {
      unit++;
      break if unit == layer.units;
    }
  }
  return select(vec4f(), sum, isRow);
}

// What a softmax knows of four rows of logits: see lib/losses.wgsl.
fn statisticsOf(layer: Layer, quad: u32, tableRows: vec4u) -> FourRows {
  if (loss != LOSS_CROSS_ENTROPY) { return FourRows(); }
  let first = layer.outputAt + quad;
  var largest = rows[first];
  var at = vec4u();
  // Not max(): a NaN must reach the sum, which shows that a run has diverged.
  for (var unit = 1u; unit < layer.units; unit++) {
    let z = rows[first + unit * shape.tileQuads];
    let isBelow = z <= largest;
    largest = select(z, largest, isBelow);
    at = select(vec4u(unit), at, isBelow);
  }
  var rest = vec4f();
  var targetSum = vec4f();
  for (var unit = 0u; unit < layer.units; unit++) {
    let z = rows[first + unit * shape.tileQuads] - largest;
    let e = vec4f(exponential(z.x), exponential(z.y), exponential(z.z), exponential(z.w));
    rest += select(e, vec4f(), at == vec4u(unit));
    targetSum += targetsAt(tableRows + unit);
  }
  let logSum = vec4f(
    logarithmOfSum(rest.x),
    logarithmOfSum(rest.y),
    logarithmOfSum(rest.z),
    logarithmOfSum(rest.w),
  );
  return FourRows(largest, logSum, targetSum);
}

fn targetsAt(i: vec4u) -> vec4f {
  return vec4f(targets[i.x], targets[i.y], targets[i.z], targets[i.w]);
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

// Four rows of the batch, as the table counts them; behind the last row it is read again.
fn rowsOfTable(row: u32) -> vec4u {
  let inBatch = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(batchRowCount() - 1u));
  if (!isBatched) { return firstOfTable() + inBatch; }
  let at = batch.firstPosition + inBatch;
  if (!isShuffled()) { return firstOfTable() + at; }
  return firstOfTable() + vec4u(shuffledRow(at.x), shuffledRow(at.y), shuffledRow(at.z), shuffledRow(at.w));
}

// Where the rows of this network begin: it counts them as if there were no others.
fn firstOfTable() -> u32 {
  if (isPopulation) { return own.firstRow; }
  return 0u;
}

// A network with few rows may have one batch where another has several: it takes them as they stand.
fn isShuffled() -> bool {
  if (isPopulation) { return shuffles && own.batchCount > 1u; }
  return shuffles;
}

fn shuffledRow(position: u32) -> u32 {
  if (isPopulation) { return rowAt(batch.epochKey, position, own.rowCount, own.halfBits); }
  return rowAt(batch.epochKey, position, params.rowCount, params.halfBits);
}
