import {
  assessNetworks,
  ensemblePlaces,
  jobOf,
  type Dataset,
  type PartAssessment,
  type SweepResult,
} from '../index.ts';
import { measuresText } from './measures-text.ts';
import { measuresObject, plainJson } from './run-json.ts';
import { count } from './wording.ts';

/** How well the best of a sweep do on every part of its table. */
export interface SweepMeasures {
  /** Of the best network. */
  readonly best: readonly PartAssessment[];
  /** Of the mean of the best ones, where they are saved as one model. */
  readonly ensemble: { readonly memberCount: number; readonly parts: readonly PartAssessment[] } | undefined;
}

/**
 * Undefined where all networks diverged.
 *
 * @param members how many networks are to be saved as an ensemble; undefined for none
 */
export function sweepMeasures(
  result: SweepResult,
  dataset: Dataset,
  members: number | undefined,
): SweepMeasures | undefined {
  const { sweep, records, ranking, isOver } = result;
  const [best] = ranking;
  if (records[best].divergedAt !== undefined) return undefined;
  const job = jobOf(sweep.networks[best].settings, dataset.training.outputCount);
  const assess = (places: readonly number[]) =>
    assessNetworks(
      dataset,
      job,
      places.flatMap((place) => records[place].parameters ?? []),
    );
  const places = isOver && members !== undefined ? ensemblePlaces(result).slice(0, members) : [];
  return {
    best: assess([best]),
    ensemble: places.length < 2 ? undefined : { memberCount: places.length, parts: assess(places) },
  };
}

export function sweepMeasuresText({ best, ensemble }: SweepMeasures, dataset: Dataset): string {
  return [
    measuresText(best, dataset, 'Best network'),
    ...(ensemble
      ? [measuresText(ensemble.parts, dataset, `Ensemble of ${count(ensemble.memberCount)}`)]
      : []),
  ].join('\n\n');
}

/** The same for `--json`. */
export function sweepMeasuresObject({ best, ensemble }: SweepMeasures): object {
  return plainJson({
    measures: best.map(measuresObject),
    ...(ensemble && {
      ensemble: { memberCount: ensemble.memberCount, measures: ensemble.parts.map(measuresObject) },
    }),
  }) as object;
}
