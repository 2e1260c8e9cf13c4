// What a network of a population has of its own, as the host packs it.
// Twin: src/core/batches.ts, and src/core/population.ts

// Beside the settings of its optimizer.
struct Network {
  ratesAt: u32,
  seed: u32,
  firstRow: u32,
  rowCount: u32,
  scale: f32,
  lastScale: f32,
  batchSize: u32,
  batchCount: u32,
  lastBatchSize: u32,
  halfBits: u32,
}

// With them, in a storage buffer: the vectors first, for they lie at multiples of 16 bytes.
struct PopulationNetwork {
  settings: vec4f,
  penalties: vec4f,
  own: Network,
}
