import { connectTrainingService } from '../worker/client.ts';
import { BenchControl } from './bench-control.ts';
import { measureClock } from './clock.ts';
import { FilmControl } from './film-control.ts';
import { GpuControl } from './gpu-control.ts';
import { HandgradPage } from './handgrad-page.ts';
import { InsideControl } from './inside-control.ts';
import { LinkControl } from './link-control.ts';
import { KeepingControl } from './keeping-control.ts';
import { ModelControl } from './model-control.ts';
import { NotebookControl } from './notebook-control.ts';
import { PageState } from './page-state.ts';
import { SweepControl } from './sweep-control.ts';
import { TableControl } from './table-control.ts';
import { TrainingControl } from './training-control.ts';
import { WalkControl } from './walk-control.ts';

const state = new PageState(measureClock());
const client = connectTrainingService((message) => {
  const error = `The training worker failed (${message}). Reload the page; nothing can be trained without it.`;
  state.update({ error, isBroken: true, reading: undefined });
});
const gpu = new GpuControl(state, client);
const bench = new BenchControl(state, client);
const training = new TrainingControl(state, client, { gpu, bench });
const tables = new TableControl(state, client, training);

// Both fonts now, so that nothing is fetched when the first log line appears.
for (const font of ['14px "Inter Variable"', '13px "JetBrains Mono Variable"'])
  void document.fonts.load(font);

const models = new ModelControl(state, client, { tables, training });
const sweeps = new SweepControl(state, client, { tables, gpu, models });
const notebook = new NotebookControl(state, client);
const keeping = new KeepingControl(state, client, { tables, training });
const link = new LinkControl(state, { tables, sweeps });
const inside = new InsideControl(state, client);
const film = new FilmControl(state, client, inside);
const walks = new WalkControl(state, client, inside);
HandgradPage.start({
  state,
  training,
  tables,
  models,
  keeping,
  bench,
  link,
  sweeps,
  inside,
  walks,
  film,
  notebook,
});
const whenGpuKnown = gpu.find();
const fragment = location.hash;
// Where the rest of the page comes from this device, too.
link.takeSwept(fragment);
link.takeHidden(fragment);
void keeping.begin(fragment, whenGpuKnown, () => link.open(fragment));
