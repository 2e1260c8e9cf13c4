import { css } from 'lit';

/** Of the network's diagram: everything in ink. */
export const diagramStyles = css`
  .picture {
    display: block;
    width: 100%;
    height: auto;
    max-height: 240px;
  }
  :host([size='large']) .picture {
    max-height: none;
    user-select: none;
  }
  .picture.over {
    cursor: pointer;
  }
  .picture.dragged {
    cursor: ns-resize;
  }
  path {
    fill: none;
    stroke: var(--ink);
    stroke-linecap: butt;
  }
  path:focus {
    outline: none;
  }
  .unknown {
    stroke: var(--line);
  }
  .halo {
    stroke-opacity: 0.14;
    stroke-width: 10;
    stroke-linecap: round;
  }
  .chosen.halo {
    stroke-opacity: 0.26;
  }
  /* What outlines stand for elsewhere: an outline of a curve would be a box around half the picture. */
  g:has(path:focus-visible) + .chosen.halo {
    stroke-opacity: 0.5;
    stroke-width: 12;
  }
  circle {
    stroke: var(--ink);
    stroke-width: 1.5;
  }
  .dot {
    fill: var(--card);
  }
  .dot.full {
    fill: var(--ink);
  }
  .mark {
    fill: var(--ink);
    stroke: var(--card);
    stroke-width: 2;
  }
  text {
    fill: var(--muted);
    font: 12px var(--words);
    font-variant-numeric: tabular-nums;
    text-anchor: middle;
  }
  .units,
  .end {
    fill: var(--ink);
    font-weight: 500;
  }
  .left {
    text-anchor: end;
  }
  .right {
    text-anchor: start;
  }
  /* Over lines. */
  .value {
    paint-order: stroke;
    stroke: var(--card);
    stroke-width: 4;
    stroke-linejoin: round;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0 16px;
    margin-top: 4px;
  }
  /* Room for what it says when a row flows through, so that nothing moves. */
  :host([size='large']) .legend {
    align-content: start;
    min-height: 32px;
  }
  @media (max-width: 719px) {
    :host([size='large']) .legend {
      min-height: 80px;
    }
  }
  .legend span {
    white-space: nowrap;
  }
  .legend svg {
    display: inline-block;
    width: 24px;
    height: 8px;
    margin-right: 4px;
    vertical-align: middle;
  }
`;
