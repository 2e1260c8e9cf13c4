import { css, unsafeCSS } from 'lit';
import { MOST_HIDDEN_UNITS } from './notebook-story.ts';

/** The policy of the page allows no style in markup. */
const columnRules = unsafeCSS(
  Array.from(
    { length: MOST_HIDDEN_UNITS },
    (_, index) => `.cells[data-columns='${index + 1}'] { --columns: ${index + 1}; }`,
  ).join('\n'),
);

/** What the sections of the notebook have alike: text to be read, fields, matrices, pictures. */
export const notebookStyles = css`
  :host {
    font-size: 16px;
    line-height: 26px;
  }
  section {
    scroll-margin-top: 16px;
    margin-top: 56px;
  }
  h2 {
    margin-bottom: 12px;
    font-size: 20px;
    line-height: 28px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  h2:focus {
    outline: none;
  }
  p,
  ol {
    max-width: 68ch;
    margin: 0 0 16px;
  }
  p:last-child {
    margin-bottom: 0;
  }
  notebook-cell p:not(:last-child, [slot]) {
    margin-bottom: 8px;
  }
  notebook-cell p[slot] {
    margin-bottom: 0;
  }
  notebook-cell {
    margin: 24px 0;
    font-size: 14px;
    line-height: 20px;
  }
  a {
    color: inherit;
    text-underline-offset: 3px;
  }
  .math {
    display: grid;
    gap: 12px;
    max-width: 100%;
    margin: 0 0 16px;
    padding: 2px 0;
    overflow-x: auto;
    overflow-y: hidden;
  }
  .math math {
    font-size: 18px;
  }
  .fields {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    gap: 12px 16px;
  }
  .field {
    display: grid;
    gap: 4px;
    width: 104px;
  }
  .field.wide {
    width: 184px;
  }
  .field .name {
    font-size: 12px;
    line-height: 16px;
    color: var(--muted);
  }
  .grid-fields {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
  }
  .grid-fields legend {
    padding: 0;
    margin-bottom: 4px;
    font-size: 12px;
    line-height: 16px;
    color: var(--muted);
  }
  .grid-fields .cells {
    display: grid;
    grid-template-columns: repeat(var(--columns), minmax(88px, 104px));
    gap: 4px;
    /* Room for the outline of what has the focus. */
    margin: -4px;
    padding: 4px;
    overflow-x: auto;
  }
  ${columnRules}
  .cells .head {
    padding: 0 7px;
    text-align: right;
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
  }
  .cells input[type='text'] {
    padding: 0 6px;
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .problem {
    color: var(--fails);
    font-size: 13px;
  }
  .matrices {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 20px 32px;
  }
  .matrices + .matrices,
  .matrices + p,
  p + .matrices,
  .figures + p,
  p + .figures,
  .matrices + .figures {
    margin-top: 16px;
  }
  .matrix {
    min-width: 0;
    max-width: 100%;
  }
  .matrix table {
    width: auto;
  }
  .matrix .small {
    margin-top: 4px;
  }
  caption {
    padding-bottom: 4px;
    text-align: left;
    white-space: nowrap;
    font-weight: 600;
  }
  caption .muted {
    font-weight: 400;
  }
  .matrix :is(th, td) {
    padding: 3px 8px;
  }
  .matrix tbody th {
    color: var(--muted);
    font-size: 12px;
  }
  .figures table {
    width: auto;
    min-width: min(440px, 100%);
  }
  .figures :is(th, td) {
    padding: 4px 8px;
  }
  .figures .first > * {
    padding-top: 12px;
  }
  .off {
    color: var(--muted);
  }
  .picture {
    margin: 0;
    min-width: 0;
  }
  .matrices .picture {
    max-width: 320px;
  }
  .grids {
    display: grid;
    gap: 12px;
    margin-top: 16px;
  }
  .layer-table {
    /* What covers its cue lies on the paper. */
    --card: var(--paper);
    margin-bottom: 16px;
    font-size: 15px;
  }
  .moved {
    margin-top: 20px;
  }
  svg.drawn {
    display: block;
    max-width: 100%;
    height: auto;
    overflow: visible;
  }
  .drawn text {
    fill: var(--muted);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }
  .drawn text.ink {
    fill: var(--ink);
  }
  .drawn path,
  .drawn circle {
    fill: none;
  }
  .drawn .frame {
    stroke: var(--line);
  }
  .drawn .curve {
    stroke: var(--ink);
    stroke-width: 2;
  }
  .drawn .tangent {
    stroke: var(--muted);
    stroke-dasharray: 5 4;
    stroke-width: 1.5;
  }
  .drawn .side {
    fill: var(--ink);
    fill-opacity: 0.06;
  }
  .drawn .mark {
    stroke: var(--ink);
    stroke-width: 2;
    fill: var(--card);
  }
  .drawn .mark.one {
    fill: var(--ink);
  }
  .drawn .asked {
    stroke: var(--ink);
    stroke-width: 2;
  }
  .drawn .gpu {
    stroke: var(--gpu);
    stroke-width: 2.5;
  }
  .drawn .cpu {
    stroke: var(--cpu);
    stroke-width: 2;
    stroke-dasharray: 6 5;
  }
  .drawn text.path-name {
    font-weight: 600;
    stroke: none;
  }
  .drawn text.gpu {
    fill: var(--gpu);
  }
  .drawn text.cpu {
    fill: var(--cpu);
  }
  @media (max-width: 719px) {
    section {
      margin-top: 48px;
    }
    notebook-cell {
      margin: 20px 0;
    }
    notebook-cell {
      margin-left: -4px;
      margin-right: -4px;
    }
    .matrix :is(th, td) {
      padding: 3px 5px;
    }
    .figures :is(th, td) {
      padding: 4px 3px;
    }
    .figures :is(tbody th, td) {
      font-size: 12px;
    }
  }
`;
