/** Brings something into view: at once for whoever wants no motion. */
export function bringIntoView(element: Element, block: ScrollLogicalPosition = 'start'): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ behavior: isCalm ? 'auto' : 'smooth', block, inline: 'nearest' });
}
