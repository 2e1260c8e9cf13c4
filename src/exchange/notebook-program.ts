import type { ActivationName } from '../core/activations.ts';

/** What is to be trained: the notebook's network, or one a little different. */
export interface NotebookProgram {
  /** Two inputs and the target of each row. */
  readonly rows: readonly (readonly number[])[];
  readonly hiddenUnits: number;
  readonly activation: ActivationName;
  /** Draws the weights as the notebook draws them. */
  readonly seed: number;
  /** Instead of the draw: hidden weights [2, hiddenUnits], then output weights [hiddenUnits]. */
  readonly weights?: ArrayLike<number> | undefined;
  readonly learningRate: number;
  readonly steps: number;
}

/** The same functions as modules of PyTorch, with the settings that make them the same. */
const modules: Record<ActivationName, string> = {
  sigmoid: 'Sigmoid()',
  tanh: 'Tanh()',
  relu: 'ReLU()',
  'leaky-relu': 'LeakyReLU(0.01)',
  elu: 'ELU()',
  silu: 'SiLU()',
  gelu: 'GELU(approximate="tanh")',
  softplus: 'Softplus()',
  linear: 'Identity()',
};

/**
 * The notebook's training as a short PyTorch program, in which autograd does what the notebook does by hand; it prints
 * the notebook's lines. For reading and running; `writePytorch` hands on a trained network.
 */
export function writeNotebookProgram(program: NotebookProgram): string {
  const { rows, hiddenUnits, activation, learningRate, steps } = program;
  return `import numpy
import torch

rows = torch.tensor(${rowsText(rows)}, dtype=torch.float64)
x, f0 = rows[:, :2], rows[:, 2:]

${weightsText(program)}

network = torch.nn.Sequential(
    torch.nn.Linear(2, ${hiddenUnits}, bias=False, dtype=torch.float64),
    torch.nn.${modules[activation]},
    torch.nn.Linear(${hiddenUnits}, 1, bias=False, dtype=torch.float64),
    torch.nn.Sigmoid(),
)
with torch.no_grad():  # PyTorch keeps weights as [units, inputs]
    network[0].weight.copy_(torch.from_numpy(v.T))
    network[2].weight.copy_(torch.from_numpy(w.T))

mean_squared_error = torch.nn.MSELoss()
optimizer = torch.optim.SGD(network.parameters(), lr=${learningRate})
for step in range(${steps}):
    error = mean_squared_error(network(x), f0)
    if step % ${Math.max(1, Math.floor(steps / 10))} == 0:
        print(f"error at step {step:5d}: {error.item():.6e}")
    optimizer.zero_grad()
    error.backward()
    optimizer.step()

print("hidden:", network[0].weight.T.flatten().tolist())
print("output:", network[2].weight.flatten().tolist())
print("predictions:", network(x).flatten().tolist())
`;
}

function weightsText({ seed, weights, hiddenUnits }: NotebookProgram): string {
  if (!weights) {
    return `numpy.random.seed(${seed})
v = numpy.random.rand(2, ${hiddenUnits})
w = numpy.random.rand(${hiddenUnits}, 1)`;
  }
  const all = Array.from(weights);
  const hidden = [all.slice(0, hiddenUnits), all.slice(hiddenUnits, 2 * hiddenUnits)];
  const output = all.slice(2 * hiddenUnits).map((value) => [value]);
  return `v = numpy.array(${rowsText(hidden)}, dtype=float)
w = numpy.array(${rowsText(output)}, dtype=float)`;
}

function rowsText(rows: readonly (readonly number[])[]): string {
  return `[${rows.map((row) => `[${row.join(', ')}]`).join(', ')}]`;
}
