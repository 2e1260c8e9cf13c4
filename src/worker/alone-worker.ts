import { expose } from 'comlink';
import { AloneService } from './alone-service.ts';

// One of the workers that the page's training worker shares its CPU with.
expose(new AloneService());
