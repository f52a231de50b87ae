declare const transactionBrand: unique symbol;

/**
 * An open transaction of the CMS database, opaque here: only the stores that made it can look inside.
 * What is written through it is committed together or not at all.
 */
export interface Transaction {
  readonly [transactionBrand]: true;
}
