import { html, nothing, svg } from 'lit';
import type { Field, FieldPoints } from '../worker/client.ts';
import { classColour, noNumberColour, scaleColour, type Theme } from './boundary-colours.ts';
import { markPath } from './boundary-marks.ts';
import { hasNumbers, lostShare, rowsSentence } from './boundary-sentences.ts';
import { count, significant } from './format.ts';

/** Dashes of curves, so that colour is not all that tells them apart. */
const DASHES = ['', '6 3', '2 3', '8 3 2 3'];
const SCALE_STEPS = 24;
/** Classes listed; of the others there is a count. */
const MOST_CLASSES = 12;

/** How the curve of a class is dashed. */
export function dashOf(place: number): string | typeof nothing {
  return DASHES[place % DASHES.length] || nothing;
}

/** What colours, shapes and lines of a boundary picture mean. */
export function renderLegend(field: Field, points: FieldPoints | undefined, theme: Theme) {
  const { classes, kind, decides } = field;
  const isLost = !hasNumbers(field);
  const ring = (fill: string) =>
    svg`<path d=${markPath(0, 10, 6, 4)} fill=${fill} stroke=${theme.ink} stroke-width="1.4" />`;
  const heldOut = points?.parts.slice(1) ?? [];
  return html`<ul class="small">
      ${classes ? renderClasses(field, classes, theme) : nothing}
      ${kind === 'scale' ? renderScale(field, theme) : nothing}
      ${
        kind !== 'curve' && (isLost || lostShare(field) > 0)
          ? legendItem(svg`<rect width="20" height="12" fill=${noNumberColour(theme)} />`, 'no number')
          : nothing
      }
      ${
        points && heldOut.length > 0
          ? html`${legendItem(ring(theme.ink), 'training row')}
            ${legendItem(ring(theme.card), `${heldOut.join(' or ')} row`)}`
          : nothing
      }
      ${
        decides && kind !== 'curve'
          ? legendItem(
              svg`<path d="M0 6H20" stroke=${theme.ink} stroke-width="2" />`,
              'where the answer turns',
            )
          : nothing
      }
    </ul>
    ${isLost ? html`<p class="small">No prediction is a number.</p>` : nothing}
    ${points && points.x.length < points.rowCount ? html`<p class="small muted">${rowsSentence(points)}</p>` : nothing}`;
}

function legendItem(picture: unknown, text: string) {
  return html`<li><svg viewBox="0 0 20 12" aria-hidden="true">${picture}</svg><span>${text}</span></li>`;
}

function renderClasses({ kind, names }: Field, classes: readonly string[], theme: Theme) {
  const pictureOf = (k: number) =>
    kind === 'curve' && names.length > 1
      ? svg`<path class="curve" d="M0 6H20" stroke=${classColour(k, theme)} stroke-dasharray=${dashOf(k)} />`
      : svg`<path d=${markPath(k, 10, 6, 4)} fill=${classColour(k, theme)} />`;
  const rest = classes.length - MOST_CLASSES;
  return html`${classes.slice(0, MOST_CLASSES).map((name, k) => legendItem(pictureOf(k), name))}
  ${rest > 0 ? html`<li class="muted">and ${rest === 1 ? '1 more class' : `${count(rest)} more classes`}</li>` : nothing}`;
}

function renderScale({ range, decides, names }: Field, theme: Theme) {
  const text = (value: number) => (decides ? String(value) : significant(value));
  return html`<li>
    <span>${names[0]}: ${text(range.least)}</span>
    <svg class="scale" viewBox="0 0 120 12" aria-hidden="true">
      ${Array.from(
        { length: SCALE_STEPS },
        (_, i) => svg`<rect
          x=${i * (120 / SCALE_STEPS)}
          width=${120 / SCALE_STEPS + 0.2}
          height="12"
          fill=${scaleColour((i + 0.5) / SCALE_STEPS, decides, theme)}
        />`,
      )}
      ${svg`<rect class="box" x="0.5" y="0.5" width="119" height="11" />`}
    </svg>
    <span>${text(range.most)}</span>
  </li>`;
}
