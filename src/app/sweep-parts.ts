// The views of a sweep, each told what it shows through its properties.

import './fan-chart.ts';
import './heat-map.ts';
import './sweep-ensemble.ts';
import './sweep-groups.ts';
import './sweep-progress.ts';
import './sweep-table.ts';
