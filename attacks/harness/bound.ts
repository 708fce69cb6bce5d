// How long after an attack everything has to be back by itself, on whatever machine runs the tests. The aim is two seconds; the figures that
// each attack prints are what docs/threat-model.md holds against it.
export const backWithinMs = 20_000;
