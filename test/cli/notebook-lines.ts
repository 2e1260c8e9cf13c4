/** What the notebook prints, copied from it line by line, up to its timing. */
export const opening = `Inputs:
[[0. 0.]
 [0. 1.]
 [1. 0.]
 [1. 1.]]
Truth: 
[[0.]
 [1.]
 [1.]
 [1.]]
Starting hidden layer weights:
[[4.17022005e-01 7.20324493e-01 1.14374817e-04]
 [3.02332573e-01 1.46755891e-01 9.23385948e-02]]

Starting output layer weights:
[[0.18626021]
 [0.34556073]
 [0.39676747]]`.split('\n');

export const log = `error at step     0: 1.960156e-01
error at step  1000: 1.651662e-01
error at step  2000: 1.593565e-01
error at step  3000: 1.550351e-01
error at step  4000: 1.511067e-01
error at step  5000: 1.465351e-01
error at step  6000: 1.392272e-01
error at step  7000: 1.234844e-01
error at step  8000: 9.350530e-02
error at step  9000: 6.205274e-02`.split('\n');

export const finalWeights = `Final weights:
       hidden: [ 1.66707072  2.43454525 -1.50667653  1.66659174  2.29166158 -1.50681196]
       output: [ 0.70570663  2.04736287 -4.12867523]
Final bias:    0.0`.split('\n');

/** The cells of its last table; it shows them as HTML. */
export const predictions = [
  ['observation', 'input1', 'input2', 'output', 'prediction', 'error'],
  ['1', '0', '0', '0', '0.334522', '-0.334522'],
  ['2', '0', '1', '1', '0.846053', '0.153947'],
  ['3', '1', '0', '1', '0.849022', '0.150978'],
  ['4', '1', '1', '1', '0.925358', '0.074642'],
];

/** With `NUM_ITERATIONS = 1` it prints these too (NumPy 2.4, whose printing is that of 1.24). */
export const gradients = `dE_dv:
[[-0.00360476 -0.00623277 -0.00833806]
 [-0.00371928 -0.00679509 -0.00849271]]
dE_dw:
[[-0.04273651]
 [-0.04533167]
 [-0.02985442]]`.split('\n');
