import { css } from 'lit';

/** What every component of the page shares: boxes, headings, focus. */
export const baseStyles = css`
  :host {
    display: block;
  }
  :host,
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  .card {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: 12px;
    padding: 20px;
  }
  .heading {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 12px;
    margin-bottom: 12px;
  }
  h2,
  h3 {
    margin: 0;
    font-size: 13px;
    line-height: 20px;
    font-weight: 600;
  }
  p {
    margin: 0;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 12px;
    line-height: 16px;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .gpu {
    color: var(--gpu);
  }
  .cpu {
    color: var(--cpu);
  }
  .holds {
    color: var(--holds);
  }
  .fails {
    color: var(--fails);
  }
  :focus-visible {
    outline: 2px solid var(--ink);
    outline-offset: 2px;
  }
  .screen-reader {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (max-width: 719px) {
    .card {
      padding: 16px;
    }
  }
`;

/** Buttons, fields and the radio groups that look like one switch. */
export const controlStyles = css`
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    min-height: 36px;
    padding: 0 12px;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--card);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover:not(:disabled, [aria-disabled='true']) {
    border-color: var(--outline);
  }
  button:active:not(:disabled, [aria-disabled='true'], .primary) {
    background: var(--well);
  }
  button:is(:disabled, [aria-disabled='true']) {
    color: var(--muted);
    cursor: default;
    opacity: 0.7;
  }
  button.primary {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
    font-weight: 600;
  }
  button.primary:is(:disabled, [aria-disabled='true']) {
    background: var(--muted);
    border-color: var(--muted);
    color: var(--card);
    opacity: 1;
  }
  input[type='text'],
  select,
  textarea {
    width: 100%;
    min-height: 36px;
    padding: 0 10px;
    border: 1px solid var(--outline);
    border-radius: 8px;
    background: var(--card);
  }
  [aria-invalid='true'] {
    border-color: var(--fails) !important;
  }
  .switch {
    display: inline-flex;
    margin: 0;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--well);
    min-width: 0;
  }
  .switch label {
    position: relative;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-height: 34px;
    padding: 0 12px;
    border-radius: 7px;
    color: var(--muted);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
  }
  .switch input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }
  .switch label:has(:checked) {
    background: var(--card);
    color: var(--ink);
    box-shadow: 0 0 0 1px var(--line);
  }
  .switch label:has(:focus-visible) {
    outline: 2px solid var(--ink);
    outline-offset: 2px;
    z-index: 1;
  }
  .switch label:has(:disabled) {
    cursor: default;
  }
  @media (pointer: coarse), (max-width: 719px) {
    button,
    input[type='text'],
    select {
      min-height: 40px;
    }
    .switch label {
      min-height: 40px;
    }
  }
`;

/**
 * A shade at the edge behind which something scrolls sideways: what scrolls along covers it where the end is reached
 * (`background-attachment: local`).
 */
export const scrollCue = css`
  linear-gradient(to right, var(--card) 40%, transparent) left / 32px 100% no-repeat local,
  linear-gradient(to left, var(--card) 40%, transparent) right / 32px 100% no-repeat local,
  linear-gradient(to right, var(--more), transparent) left / 12px 100% no-repeat scroll,
  linear-gradient(to left, var(--more), transparent) right / 12px 100% no-repeat scroll
`;

/** Tables of numbers: right-aligned, in tabular figures. */
export const tableStyles = css`
  .scroll {
    background: ${scrollCue};
    overflow: auto;
    max-width: 100%;
    overscroll-behavior-x: contain;
  }
  table {
    border-collapse: separate;
    border-spacing: 0;
    width: 100%;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 6px 8px;
    text-align: right;
    white-space: nowrap;
    border-bottom: 1px solid var(--line);
  }
  th {
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
    color: var(--muted);
    vertical-align: bottom;
  }
  tbody th {
    font-size: inherit;
    line-height: inherit;
    font-weight: 400;
    color: var(--ink);
    vertical-align: baseline;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  th:first-child,
  td:first-child {
    padding-left: 0;
  }
  th:last-child,
  td:last-child {
    padding-right: 0;
  }
  .words {
    text-align: left;
  }
  td.wrap {
    white-space: normal;
    min-width: 160px;
  }
`;

/** A cell of a row in a form: its column above it, what is wrong with it below. */
export const rowFieldStyles = css`
  .field {
    display: grid;
    gap: 4px;
    align-content: start;
    min-width: 0;
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 12px;
    line-height: 16px;
    color: var(--muted);
  }
  .fault {
    font-size: 12px;
    line-height: 16px;
    color: var(--fails);
  }
`;

/** A disclosure: its summary, with an arrow that turns when it is open. */
export const disclosureStyles = css`
  summary {
    display: flex;
    align-items: center;
    gap: 8px;
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary::before {
    content: '';
    flex: none;
    width: 6px;
    height: 6px;
    margin: 0 4px 0 2px;
    border-right: 1.5px solid var(--muted);
    border-bottom: 1.5px solid var(--muted);
    transform: rotate(-45deg);
  }
  details[open] > summary::before {
    transform: translateY(-2px) rotate(45deg);
  }
`;

/** A dialog in the middle of the page: a heading, what it is about, what is wrong, and its buttons. */
export const dialogStyles = css`
  dialog {
    max-height: calc(100dvh - 24px);
    padding: 20px;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--card);
    color: var(--ink);
    box-shadow: var(--shadow);
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 40%);
  }
  .fails {
    min-height: 20px;
    overflow-wrap: anywhere;
  }
  .buttons {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
  }
`;

/** A page of cards: what is chosen at the left, what came of it beside it; one below the other where there is no room. */
export const columnStyles = css`
  main {
    display: grid;
    grid-template-columns: 352px minmax(0, 1fr);
    gap: 16px;
    max-width: 1440px;
    margin: 0 auto;
    padding: 20px 24px 48px;
    align-items: start;
  }
  .column {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  @media (max-width: 959px) {
    main {
      grid-template-columns: minmax(0, 1fr);
      padding: 16px 16px 32px;
    }
  }
  @media (max-width: 719px) {
    main,
    .column {
      gap: 12px;
    }
  }
`;

/** What stands in a chart that has no curves yet. */
export const emptyChartStyles = css`
  .empty {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    padding: 0 16px 32px 64px;
    text-align: center;
  }
  .empty p {
    padding: 0 12px;
    background: var(--card);
  }
`;
