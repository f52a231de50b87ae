import pg from 'pg';

const ROLES = `
  CREATE ROLE shop_owner LOGIN PASSWORD 'the owner of the shop';
  CREATE ROLE shop_readers NOLOGIN;
  CREATE ROLE "Ana's reports" LOGIN PASSWORD 'reads at night' IN ROLE shop_readers;
  ALTER ROLE "Ana's reports" SET statement_timeout = '5min';`;

const DATABASES = [
  'CREATE DATABASE shop OWNER shop_owner',
  `CREATE DATABASE "Métrica" TEMPLATE template0 ENCODING 'UTF8'`,
];

/** A small shop as one would find it: customers, products, orders over two years, documents, rights. */
const SHOP = `
  CREATE EXTENSION pgcrypto;
  SET ROLE shop_owner;
  CREATE TYPE order_state AS ENUM ('placed', 'paid', 'shipped', 'returned');
  CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, email text UNIQUE, city text, since date);
  CREATE TABLE products (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, price numeric(8,2) CHECK (price > 0), stock int);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, placed_at timestamptz NOT NULL, customer_id int NOT NULL REFERENCES customers,
    state order_state NOT NULL, note text, PRIMARY KEY (id, placed_at)) PARTITION BY RANGE (placed_at);
  CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE order_items (order_id bigint NOT NULL, product_id int NOT NULL REFERENCES products, quantity int NOT NULL, price numeric(8,2) NOT NULL);
  SELECT setseed(0.42);
  INSERT INTO customers (name, email, city, since)
    SELECT f.name || ' ' || l.name, lower(f.name || '.' || l.name || n || '@example.com'), c.name, date '2024-01-01' + (random() * 700)::int
    FROM generate_series(1, 60000) n
    CROSS JOIN LATERAL (SELECT (ARRAY['Ana','Bela','Chidi','Dunja','Emil','Fatima','Goran','Hana','Ivo','Jun'])[1 + n % 10] AS name) f
    CROSS JOIN LATERAL (SELECT (ARRAY['Novak','Okafor','Silva','Tanaka','Weber','Rossi','Kaya','Larsen'])[1 + n / 10 % 8] AS name) l
    CROSS JOIN LATERAL (SELECT (ARRAY['Lisboa','Lagos','Zürich','東京','Bergen','Kraków'])[1 + n % 6] AS name) c;
  INSERT INTO products (title, price, stock)
    SELECT (ARRAY['Lamp','Chair','Desk','Shelf','Mug','Rug'])[1 + n % 6] || ' No. ' || n, 5 + (random() * 400)::numeric(8,2), (random() * 500)::int
    FROM generate_series(1, 2000) n;
  INSERT INTO orders (placed_at, customer_id, state, note)
    SELECT timestamptz '2025-01-01 08:00+00' + n * interval '4 minutes', 1 + (random() * 59999)::int,
      (ARRAY['placed','paid','shipped','returned'])[1 + n % 4]::order_state, CASE WHEN n % 7 = 0 THEN 'Leave it with the neighbour, please: ' || md5(n::text) END
    FROM generate_series(1, 240000) n;
  INSERT INTO order_items SELECT 1 + n % 240000, 1 + (random() * 1999)::int, 1 + (random() * 4)::int, 5 + (random() * 400)::numeric(8,2)
    FROM generate_series(1, 900000) n;
  CREATE INDEX ON order_items (order_id);
  CREATE INDEX ON orders (customer_id, placed_at DESC);
  CREATE MATERIALIZED VIEW revenue_by_city AS SELECT c.city, sum(i.quantity * i.price) AS revenue
    FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_items i ON i.order_id = o.id GROUP BY c.city;
  ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
  CREATE POLICY everybody_reads ON customers FOR SELECT TO shop_readers USING (true);
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO shop_readers;
  COMMENT ON TABLE orders IS 'One row an order; partitioned by year';
  RESET ROLE;
  SELECT lo_from_bytea(0, convert_to(repeat('An invoice. ', 20000), 'UTF8'));`;

const METRICS = `
  CREATE TABLE "Messwerte" ("Gerät" int, at timestamptz, value double precision);
  INSERT INTO "Messwerte" SELECT n % 50, timestamptz '2026-06-01' + n * interval '1 second', sin(n / 1000.0) FROM generate_series(1, 300000) n;`;

/** The connection string for another database of the same server. */
export function onDatabase(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

async function execute(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Fills a new server with roles, two databases, some 1.5 million rows, a large object, views, policies and grants. */
export async function loadSampleData(connectionString: string): Promise<void> {
  await execute(connectionString, [ROLES, ...DATABASES]);
  await execute(onDatabase(connectionString, 'shop'), [SHOP]);
  await execute(onDatabase(connectionString, 'Métrica'), [METRICS]);
}
