import { jobShapes, type JobName } from './jobs.ts';
import { msPerStep, type Cell, type Results } from './results.ts';
import { figureText } from './verdicts.ts';

/** Lengths in user units of the picture. */
const WIDTH = 920;
const LABEL_WIDTH = 270;
const VALUE_WIDTH = 110;
const ROW_HEIGHT = 20;
const BAR_HEIGHT = 12;
const TITLE_HEIGHT = 44;
const MARGIN = 20;

/** Follows the reader's colour scheme; Markdown viewers show an SVG as an image, where media queries still work. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1b1f24; }
  .title { font-weight: 600; font-size: 15px; }
  .quiet { fill: #59636e; }
  .ground { fill: #ffffff; }
  .ours { fill: #0b6bcb; }
  .peer { fill: #a3acb7; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6eaf0; }
    .quiet { fill: #9aa5b1; }
    .ground { fill: #14181d; }
    .ours { fill: #4aa3ff; }
    .peer { fill: #5b6673; }
  }`;

/** A bar chart a job: milliseconds per step, shorter is faster, every axis logarithmic. */
export function drawPicture({ cells, environment, date }: Results): string {
  const jobs = [...new Set(cells.map(({ job }) => job))];
  const parts: string[] = [];
  let y = MARGIN + 20;
  parts.push(text(MARGIN, y, 'Milliseconds per training step, logarithmic: shorter is faster', 'title'));
  y += 20;
  parts.push(text(MARGIN, y, `${environment.adapter} ${date.slice(0, 10)}`, 'quiet'));
  for (const job of jobs) {
    const chart = drawJob(
      job,
      cells.filter((cell) => cell.job === job),
      y,
    );
    parts.push(chart.svg);
    y += chart.height;
  }
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Milliseconds per training step of every system on every job; the figures stand in results.md.">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function drawJob(job: JobName, cells: readonly Cell[], top: number): { svg: string; height: number } {
  const measured = cells.flatMap((cell) => msPerStep(cell) ?? []);
  const scale = barScale(measured);
  const { widths, rowCount } = jobShapes[job];
  const parts = [text(MARGIN, top + 32, `${job}: ${widths.join('-')}, ${rowCount} rows`, 'title')];
  cells.forEach((cell, index) => {
    const y = top + TITLE_HEIGHT + index * ROW_HEIGHT;
    const ms = msPerStep(cell);
    const isOurs = cell.system.group.startsWith('handgrad');
    parts.push(text(MARGIN, y + 11, cell.system.label, ms === undefined ? 'quiet' : ''));
    const x = MARGIN + LABEL_WIDTH;
    if (ms === undefined) {
      parts.push(text(x, y + 11, 'no figure: the reason is in results.md', 'quiet'));
      return;
    }
    const length = scale(ms);
    parts.push(
      `<rect class="${isOurs ? 'ours' : 'peer'}" x="${x}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
      text(x + length + 6, y + 11, figureText(ms), ''),
    );
  });
  return { svg: parts.join('\n'), height: TITLE_HEIGHT + cells.length * ROW_HEIGHT };
}

/** Lengths of bars: from the power of ten below the least to the largest. */
function barScale(values: readonly number[]): (value: number) => number {
  const least = Math.floor(Math.log10(Math.min(...values)) - 0.3);
  const most = Math.log10(Math.max(...values));
  const longest = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH;
  return (value) => (longest * (Math.log10(value) - least)) / (most - least);
}

function text(x: number, y: number, content: string, style: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}"${style ? ` class="${style}"` : ''}>${escaped}</text>`;
}
