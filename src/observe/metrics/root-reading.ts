import type { RootFigures } from '../../ports/root-figures.js';
import type { Sample } from './scraped-metric.js';

/** Undefined while RootCoord does not serve. */
export type FiguresNow = () => RootFigures | undefined;

/** How metrics read RootCoord: while it does not serve they have no value, instead of a wrong one. */
export const readingOf = (figuresNow: FiguresNow) => ({
  one: (read: (figures: RootFigures) => number) => () => {
    const figures = figuresNow();
    return figures ? [{ labels: {}, value: read(figures) }] : [];
  },
  each: (read: (figures: RootFigures) => Iterable<Sample>) => () => {
    const figures = figuresNow();
    return figures ? read(figures) : [];
  },
});
