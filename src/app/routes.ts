// The pages of the page, as they stand in an address: `#sweep&sample=iris&hidden=5`.

const ownRoutes = ['#inside', '#by-hand', '#notebook', '#sweep', '#bench'] as const;

/** `#train` is where every fragment leads that names none of the others. */
export type Route = '#train' | (typeof ownRoutes)[number];

/** The pages, in the order of the links to them. */
export const pageNames: readonly (readonly [Route, string])[] = [
  ['#train', 'Train'],
  ['#inside', 'Inside'],
  ['#by-hand', 'By hand'],
  ['#notebook', 'Notebook'],
  ['#sweep', 'Sweep'],
  ['#bench', 'Bench'],
];

/** The page that a fragment leads to. */
export function routeOf(fragment: string): Route {
  const [first] = fragment.split('&', 1);
  return ownRoutes.find((route) => route === first) ?? '#train';
}

/** The settings that stand in a fragment, without the page it leads to. */
export function settingsPart(fragment: string): string {
  const route = routeOf(fragment);
  return (route === '#train' ? fragment : fragment.slice(route.length)).replace(/^[#&]/, '');
}

/** @param settings as `settingsPart` has them */
export function fragmentOf(route: Route, settings: string): string {
  if (route === '#train') return settings === '' ? '' : `#${settings}`;
  return settings === '' ? route : `${route}&${settings}`;
}
