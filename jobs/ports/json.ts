/** What a step may return and a run may be given: it is stored, so it survives the process. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
