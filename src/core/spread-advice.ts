import { activations } from './activations.ts';
import type { TrainingJob } from './job.ts';
import { optimizers, type Optimizer } from './optimizers.ts';
import { flatnessOf, type LayerSpread, type Spread } from './spread.ts';
import { formatCount } from './wording.ts';

/** With He’s initial weights a few dead units are usual and harmless; from a quarter on a layer is a narrower one. */
const DEAD_SHARE = 0.25;
/** A trained sigmoid layer has units that decide clearly; when most of them are flat, it hardly learns any more. */
const SATURATED_SHARE = 0.5;
/** A thousandth of the last layer’s gradient: at one learning rate for all, the layer stands still beside it. */
const VANISHING_RATIO = 1e-3;

/**
 * What is wrong inside a network and what helps, with the number; undefined where all is well. Of hidden layers alone:
 * an output that is sure of itself is flat by right. Dead units come before saturated ones, both before gradients that
 * vanish, since the former bring about the latter; of several layers, the one that has it worst.
 */
export function adviceOf(
  job: TrainingJob,
  { layers, rowCount, trainedRowCount }: Spread,
): string | undefined {
  const hidden = layers.slice(0, -1);
  const lost = layers.findIndex(({ weights }) => weights.otherCount > 0);
  if (lost >= 0) {
    return (
      `Weights of ${layerName(lost, layers.length)} are not finite any more: the network has diverged. ` +
      'A smaller learning rate or clipped gradients can keep them finite.'
    );
  }
  const rows =
    rowCount === trainedRowCount ? 'every row' : `every one of ${formatCount(rowCount)} rows looked at`;
  const dead = worst(hidden, ({ deadCount = 0, units }) => deadCount / units);
  if (dead && dead.share >= DEAD_SHARE) {
    const { name, units, its, verb } = wordsOf(layers, dead.place, layers[dead.place].deadCount ?? 0);
    return (
      `${units} of ${name} ${verb} dead: ${its} ReLU is 0 on ${rows}, and no gradient reaches ${its} weights. ` +
      `${remedies(job, 'He', 'leaky ReLU')} can keep units alive.`
    );
  }
  const saturated = worst(hidden, ({ saturatedCount = 0, units }) => saturatedCount / units);
  if (saturated && saturated.share > SATURATED_SHARE) {
    const layer = layers[saturated.place];
    const { name, units, its, verb } = wordsOf(layers, saturated.place, layer.saturatedCount ?? 0);
    return (
      `${units} of ${name} ${verb} saturated: ${its} ${activations[layer.activation].label} is almost flat on nearly ` +
      `${rows}, and hardly any gradient passes it. ${remedies(job, 'Xavier', 'ReLU')} can keep units from it.`
    );
  }
  return vanishing(job, layers);
}

/** Dividing by the size of the gradients, as Adam does, makes up for their being short. */
function vanishing({ optimizer }: TrainingJob, layers: readonly LayerSpread[]): string | undefined {
  const { uses }: Optimizer = optimizers[optimizer];
  const last = layers[layers.length - 1].gradientLength;
  const found = worst(layers.slice(0, -1), ({ gradientLength }) => last / gradientLength);
  // Not finite: both are 0, or no numbers.
  if (uses.includes('epsilon') || !found || !(found.share > 1 / VANISHING_RATIO)) return undefined;
  const length = Number.isFinite(found.share)
    ? `${formatCount(Number(found.share.toPrecision(2)))} times shorter than that of the output layer`
    : '0 and that of the output layer is not';
  return (
    `The gradient of ${layerName(found.place, layers.length)} is ${length}, so the layer hardly learns. ` +
    `${flatnessOf(layers[found.place].activation) === 'saturated' ? 'ReLU, fewer' : 'Fewer'} layers or Adam can help.`
  );
}

/** The layer of which a share is greatest; undefined without layers, or where none has a share. */
function worst(
  layers: readonly LayerSpread[],
  shareOf: (layer: LayerSpread) => number,
): { place: number; share: number } | undefined {
  return layers
    .map((layer, place) => ({ place, share: shareOf(layer) }))
    .filter(({ share }) => !Number.isNaN(share))
    .toSorted((a, b) => b.share - a.share)
    .at(0);
}

/** What a person can do about units that are flat; not what is done already. */
function remedies(
  { networks: [{ initializer }] }: TrainingJob,
  drawn: 'He' | 'Xavier',
  activation: string,
): string {
  const isDrawnSo = initializer?.startsWith(drawn.toLowerCase());
  return `A smaller learning rate${isDrawnSo ? ' or' : `, ${drawn} initial weights or`} ${activation}`;
}

function wordsOf(layers: readonly LayerSpread[], place: number, count: number) {
  const { units } = layers[place];
  const of = formatCount(units);
  return {
    name: layerName(place, layers.length),
    units:
      count === units
        ? units === 1
          ? 'The 1 unit'
          : `All ${of} units`
        : `${formatCount(count)} of ${of} units`,
    its: count === 1 ? 'its' : 'their',
    verb: count === 1 ? 'is' : 'are',
  };
}

/** `hidden layer 2`, or `the hidden layer` of a network with one; `the output layer`. */
function layerName(place: number, layerCount: number): string {
  if (place === layerCount - 1) return 'the output layer';
  return layerCount === 2 ? 'the hidden layer' : `hidden layer ${place + 1}`;
}
