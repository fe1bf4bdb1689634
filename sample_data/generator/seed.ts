/** The seed of the committed phantoms. */
export const SEED = 20_260_101;
