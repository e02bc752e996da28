import { configureGlobal } from 'fast-check';

/** Properties run on the same inputs each time; `FC_SEED` asks for others, to look for more. */
configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_261_121) });
