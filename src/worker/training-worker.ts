import { expose } from 'comlink';
import { TrainingService } from './training-service.ts';

// The dedicated worker of the page: training and reading tables happen here, so that the page stays alive.
expose(new TrainingService());
