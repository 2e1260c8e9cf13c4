// Which network a workgroup of fused-training.wgsl trains, where its part of the buffers lies, and the batch at hand.
// Bindings and layout are that file's.
// Twin: src/core/batches.ts, and src/core/population.ts

// This workgroup's part of the buffers of a population.
struct Part {
  network: u32,
  rowsAt: u32,
  parametersAt: u32,
  // What is to be added to a parameter's place for what the optimizer remembers of it.
  rememberedAt: u32,
}

// Of the step at hand: its rows where they are not all of the table.
struct Batch {
  firstPosition: u32,
  rowCount: u32,
  epochKey: u32,
  scale: f32,
}

// As the host packs it, behind the two entries of settings, and from the uniforms alone, as barriers demand; a network
// alone is told in `params`.
fn networkAt(index: u32) -> Network {
  if (!isPopulation) {
    return Network(
      0u,
      params.seed,
      0u,
      params.rowCount,
      params.scale,
      params.lastScale,
      params.batchSize,
      params.batchCount,
      params.lastBatchSize,
      params.halfBits,
    );
  }
  let at = NETWORK_ENTRIES * index + 2u;
  let a = rates[at];
  let b = rates[at + 1u];
  let c = rates[at + 2u];
  return Network(a.x, a.y, a.z, a.w, bitcast<f32>(b.x), bitcast<f32>(b.y), b.z, b.w, c.x, c.y);
}

fn partOf(index: u32) -> Part {
  let n = params.parameterCount;
  let remembered = n * params.networkCount + index * n * stateCount;
  let parametersAt = index * n;
  return Part(index, index * (arrayLength(&rows) / params.networkCount), parametersAt, remembered - parametersAt);
}

fn ratesAt(index: u32, first: u32, step: u32) -> Rates {
  var settings = 0u;
  var at = 2u + step;
  if (isPopulation) {
    settings = NETWORK_ENTRIES * index;
    at = NETWORK_ENTRIES * params.networkCount + first + step * params.distinctRates;
  }
  return ratesFrom(bitcast<vec4f>(rates[settings]), bitcast<vec4f>(rates[settings + 1u]), bitcast<vec4f>(rates[at]));
}

// A layer with its places in this network's part of the buffers.
fn layerAt(l: u32) -> Layer {
  var layer = shape.layers[l];
  if (isPopulation) {
    layer.inputAt += part.rowsAt;
    layer.outputAt += part.rowsAt;
    layer.gradientAt += part.rowsAt;
    layer.parametersAt += part.parametersAt;
  }
  return layer;
}

// From the uniforms alone: barriers depend on it.
fn rowCountOf(network: Network, step: u32) -> u32 {
  if (!isBatched) { return network.rowCount; }
  return select(network.batchSize, network.lastBatchSize, step % network.batchCount == network.batchCount - 1u);
}

fn beginBatch(network: Network, step: u32, rowCount: u32) {
  if (isBatched || isPopulation) {
    let index = step % network.batchCount;
    batch.firstPosition = index * network.batchSize;
    batch.rowCount = rowCount;
    batch.scale = select(network.scale, network.lastScale, index == network.batchCount - 1u);
  }
  if (shuffles) { batch.epochKey = epochKey(network.seed, step / network.batchCount); }
}

fn batchRowCount() -> u32 {
  if (isBatched || isPopulation) { return batch.rowCount; }
  return params.rowCount;
}

fn meanScale() -> f32 {
  if (isBatched || isPopulation) { return batch.scale; }
  return params.scale;
}

// Of a population those at the stride and the last.
fn keepLoss(step: u32, value: f32) {
  if (!isPopulation) {
    losses[step] = value;
  } else if (step % params.lossStride == 0u || step == params.lastStep) {
    let kept = (step + params.lossStride - 1u) / params.lossStride;
    losses[kept * params.networkCount + part.network] = value;
  }
}
