/** What the servers of the pictures hold: a script for each database. */
export const DATABASES = {
  shop: {
    postgres: 'CREATE ROLE reporting; CREATE ROLE web LOGIN',
    orders: `CREATE EXTENSION citext;
      CREATE TABLE customers (id int PRIMARY KEY, email citext, at timestamptz DEFAULT now());
      INSERT INTO customers SELECT n, 'customer-' || n || '@example.com' FROM generate_series(1, 40000) n;
      CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers, note text, total numeric);
      INSERT INTO orders SELECT n, 1 + n % 40000, repeat(md5(n::text), 4), n % 500 FROM generate_series(1, 120000) n;
      CREATE INDEX ON orders (customer)`,
    catalogue: `CREATE TABLE products (id int PRIMARY KEY, title text, price numeric);
      INSERT INTO products SELECT n, 'Product ' || n, n % 90 FROM generate_series(1, 20000) n`,
  },
  billing: {
    postgres: `CREATE TABLE invoices (id int PRIMARY KEY, at date, total numeric, lines jsonb);
      INSERT INTO invoices SELECT n, date '2026-01-01' + n % 300, n % 900, jsonb_build_object('n', n, 'of', md5(n::text))
        FROM generate_series(1, 60000) n`,
  },
  analytics: {
    postgres: `CREATE TABLE visits (id bigint, page text, at timestamptz);
      INSERT INTO visits SELECT n, '/page/' || n % 700, now() FROM generate_series(1, 300000) n`,
    warehouse: `CREATE TABLE events (id bigint, kind text, body text);
      INSERT INTO events SELECT n, 'kind ' || n % 9, repeat(md5(n::text), 6) FROM generate_series(1, 200000) n`,
  },
  crm: {
    postgres: `CREATE TABLE contacts (id int PRIMARY KEY, name text);
      INSERT INTO contacts SELECT n, 'Contact ' || n FROM generate_series(1, 8000) n`,
  },
  'shop-staging': {
    postgres: `CREATE TABLE products (id int PRIMARY KEY, title text);
      INSERT INTO products SELECT n, 'Product ' || n FROM generate_series(1, 5000) n`,
  },
} as const;

/** Rows that break a rule which was not looked at when they came. */
export const ORPHANS = `CREATE TABLE baskets (id int PRIMARY KEY, product int CONSTRAINT baskets_product REFERENCES products);
  SET session_replication_role = replica;
  INSERT INTO baskets VALUES (1, 999999)`;
