declare const brand: unique symbol;

/** A value that carries the name of its meaning, so that ids of different things never mix. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
