-- The tables of the stand-in, with the shapes of pg_durable 0.2.5: what belongs to the extension, and is not marked for
-- dumping. ENGINE stands for the engine's schema, which old installations call otherwise.
CREATE SCHEMA df;
CREATE SCHEMA ENGINE;

CREATE FUNCTION df.duroxide_schema() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'ENGINE'::text $$;

CREATE TABLE df.instances (
  id varchar(8) PRIMARY KEY CHECK (id ~ '^[0-9a-f]{8}$'),
  label text,
  root_node varchar(8) NOT NULL,
  status text DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  submitted_by regrole NOT NULL,
  database text,
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),
  completed_at timestamptz,
  UNIQUE (id, submitted_by)
);
CREATE TABLE df.nodes (
  id varchar(8) NOT NULL,
  instance_id varchar(8) NOT NULL,
  node_type text NOT NULL CHECK (node_type IN ('SQL', 'SLEEP', 'SIGNAL')),
  query text,
  result_name text,
  left_node varchar(8),
  right_node varchar(8),
  status text DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed')),
  result jsonb,
  error text,
  submitted_by regrole,
  database text,
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),
  status_details jsonb,
  PRIMARY KEY (instance_id, id),
  FOREIGN KEY (instance_id, submitted_by) REFERENCES df.instances (id, submitted_by) DEFERRABLE INITIALLY DEFERRED
);
ALTER TABLE df.instances ADD FOREIGN KEY (id, root_node) REFERENCES df.nodes (instance_id, id) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE df.vars (
  name text NOT NULL,
  value text,
  owner regrole NOT NULL DEFAULT quote_ident(current_user)::regrole,
  PRIMARY KEY (owner, name)
);
CREATE TABLE df._worker_epoch (
  epoch_id uuid PRIMARY KEY,
  started_at timestamptz DEFAULT now(),
  last_seen_at timestamptz DEFAULT now()
);
ALTER TABLE df.instances ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON df.instances USING (submitted_by = quote_ident(current_user)::regrole);
ALTER TABLE df.vars ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON df.vars USING (owner = quote_ident(current_user)::regrole);
