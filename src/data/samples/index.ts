import { diabetes } from './diabetes.ts';
import { digits } from './digits.ts';
import { iris } from './iris.ts';
import { orTable } from './or-table.ts';
import type { Sample } from './sample.ts';
import { twoCircles } from './two-circles.ts';
import { twoSpirals } from './two-spirals.ts';
import { xorTable } from './xor-table.ts';

/** Every table that comes with handgrad, the notebook's first. */
export const samples: readonly Sample[] = [orTable, xorTable, twoSpirals, twoCircles, iris, diabetes, digits];
