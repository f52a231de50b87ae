-- The engine of the stand-in: a function is a list of steps, each SQL, a sleep, or the wait for a signal. What it needs to go
-- on is in its own tables, which the worker makes when it first runs, so that they do not belong to the extension.
CREATE FUNCTION df._begin_epoch() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('ENGINE.instances') IS NULL THEN
    CREATE TABLE ENGINE._duroxide_migrations (version bigint PRIMARY KEY, name text NOT NULL, applied_at timestamptz DEFAULT now());
    CREATE TABLE ENGINE.instances (instance_id text PRIMARY KEY, orchestration_name text NOT NULL,
      current_execution_id bigint NOT NULL DEFAULT 1, parent_instance_id text, created_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE ENGINE.executions (instance_id text NOT NULL, execution_id bigint NOT NULL, status text NOT NULL DEFAULT 'Running',
      output text, started_at timestamptz NOT NULL DEFAULT now(), completed_at timestamptz, PRIMARY KEY (instance_id, execution_id));
    CREATE TABLE ENGINE.history (instance_id text NOT NULL, execution_id bigint NOT NULL, event_id bigint NOT NULL,
      event_type text NOT NULL, event_data text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (instance_id, execution_id, event_id));
    CREATE TABLE ENGINE.orchestrator_queue (id bigserial PRIMARY KEY, instance_id text NOT NULL, work_item text NOT NULL,
      visible_at timestamptz NOT NULL DEFAULT now(), lock_token text, locked_until bigint);
    CREATE TABLE ENGINE.worker_queue (id bigserial PRIMARY KEY, work_item text NOT NULL,
      visible_at timestamptz NOT NULL DEFAULT now(), lock_token text, locked_until bigint, instance_id text, execution_id bigint);
    CREATE TABLE ENGINE.instance_locks (instance_id text PRIMARY KEY, lock_token text NOT NULL, locked_until bigint NOT NULL);
    INSERT INTO ENGINE._duroxide_migrations VALUES (1, 'initial');
  END IF;
  DELETE FROM df._worker_epoch;
  INSERT INTO df._worker_epoch (epoch_id) VALUES (gen_random_uuid());
END $$;

CREATE FUNCTION df._remember(id text, what text, data json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ENGINE.history (instance_id, execution_id, event_id, event_type, event_data)
  SELECT id, 1, count(*) + 1, what, data::text FROM ENGINE.history h WHERE h.instance_id = id;
END $$;

CREATE FUNCTION df._enqueue(id text, item json) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO ENGINE.orchestrator_queue (instance_id, work_item) VALUES (id, item::text);
END $$;

CREATE FUNCTION df._begin(id text, plan json) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO ENGINE.instances (instance_id, orchestration_name) VALUES (id, 'function');
  INSERT INTO ENGINE.executions (instance_id, execution_id) VALUES (id, 1);
  PERFORM df._remember(id, 'Started', plan);
  PERFORM df._enqueue(id, '{"kind": "start"}');
END $$;

CREATE FUNCTION df.start(fut text, label text DEFAULT NULL, database text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  steps json := fut;
  step json;
  taken text := substr(md5(random()::text || clock_timestamp()::text), 1, 8);
  place text := coalesce(database, current_database());
  nth int := 0;
BEGIN
  IF current_setting('pg_durable.enable_superuser_instances') = 'off'
     AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE EXCEPTION 'pg_durable: superuser instances are disabled';
  END IF;
  INSERT INTO df.instances (id, label, root_node, submitted_by, database)
  VALUES (taken, label, '00000000', quote_ident(current_user)::regrole, place);
  FOR step IN SELECT * FROM json_array_elements(steps) LOOP
    INSERT INTO df.nodes (id, instance_id, node_type, query, submitted_by, database)
    VALUES (lpad(to_hex(nth), 8, '0'), taken,
            CASE WHEN step->>'sql' IS NOT NULL THEN 'SQL' WHEN step->>'sleep' IS NOT NULL THEN 'SLEEP' ELSE 'SIGNAL' END,
            coalesce(step->>'sql', step->>'sleep', step->>'signal'), quote_ident(current_user)::regrole, place);
    nth := nth + 1;
  END LOOP;
  PERFORM df._begin(taken, json_build_object('steps', steps, 'role', current_user, 'database', place));
  RETURN taken;
END $$;

CREATE FUNCTION df.signal(id text, name text, data text DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM df.instances i WHERE i.id = signal.id) THEN
    RAISE EXCEPTION 'Instance not found or access denied: %', id;
  END IF;
  PERFORM df._enqueue(id, json_build_object('kind', 'signal', 'name', name));
  RETURN 'OK';
END $$;

CREATE FUNCTION df.cancel(id text, reason text DEFAULT 'Cancelled by user') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM df.instances i WHERE i.id = cancel.id) THEN
    RAISE EXCEPTION 'Instance not found or access denied: %', id;
  END IF;
  PERFORM df._enqueue(id, '{"kind": "cancel"}');
  UPDATE df.instances i SET status = 'cancelled', updated_at = now()
  WHERE i.id = cancel.id AND status NOT IN ('completed', 'failed', 'cancelled');
  RETURN format('Instance %s cancelled: %s', id, reason);
END $$;

CREATE FUNCTION df.status(id text) RETURNS text LANGUAGE sql AS $$ SELECT status FROM df.instances i WHERE i.id = $1 $$;

CREATE FUNCTION df._end(instance text, engine_status text, seen_as text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ENGINE.executions SET status = engine_status, completed_at = now() WHERE instance_id = instance;
  DELETE FROM ENGINE.worker_queue WHERE instance_id = instance;
  UPDATE df.instances SET status = seen_as, updated_at = now(), completed_at = now() WHERE id = instance;
END $$;

-- Takes one function as far as it comes without waiting.
CREATE FUNCTION df._advance(instance text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan json := (SELECT event_data FROM ENGINE.history WHERE instance_id = instance AND event_type = 'Started');
  reached int;
  step json;
BEGIN
  LOOP
    SELECT count(*) INTO reached FROM ENGINE.history WHERE instance_id = instance AND event_type = 'Completed';
    IF reached >= json_array_length(plan->'steps') THEN
      PERFORM df._end(instance, 'Completed', 'completed');
      RETURN;
    END IF;
    step := plan->'steps'->reached;
    IF (SELECT count(*) FROM ENGINE.history WHERE instance_id = instance AND event_type = 'Scheduled') = reached THEN
      PERFORM df._remember(instance, 'Scheduled', step);
      UPDATE df.nodes SET status = 'running', updated_at = now()
      WHERE instance_id = instance AND id = lpad(to_hex(reached), 8, '0');
      IF step->>'sql' IS NOT NULL THEN
        INSERT INTO ENGINE.worker_queue (instance_id, execution_id, work_item) VALUES (instance, 1,
          json_build_object('role', plan->>'role', 'database', plan->>'database', 'query', step->>'sql')::text);
      ELSIF step->>'sleep' IS NOT NULL THEN
        INSERT INTO ENGINE.orchestrator_queue (instance_id, work_item, visible_at)
        VALUES (instance, '{"kind": "done"}', now() + make_interval(secs => (step->>'sleep')::float));
      END IF;
    END IF;
    EXIT WHEN step->>'signal' IS NULL OR NOT EXISTS (
      SELECT FROM ENGINE.history WHERE instance_id = instance AND event_type = 'Signal' AND event_data::json->>'name' = step->>'signal');
    PERFORM df._finish_step(instance);
  END LOOP;
END $$;

CREATE FUNCTION df._finish_step(instance text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE df.nodes SET status = 'completed', updated_at = now() WHERE instance_id = instance AND status = 'running';
  PERFORM df._remember(instance, 'Completed', '{}');
END $$;

-- All that is due of the functions' own ways, then the oldest SQL step that waits to be run.
CREATE FUNCTION df._turn(OUT item bigint, OUT role text, OUT database text, OUT query text) LANGUAGE plpgsql AS $$
DECLARE
  due record;
  said json;
BEGIN
  FOR due IN SELECT * FROM ENGINE.orchestrator_queue q WHERE q.visible_at <= now() ORDER BY q.id LOOP
    DELETE FROM ENGINE.orchestrator_queue q WHERE q.id = due.id;
    CONTINUE WHEN NOT EXISTS (SELECT FROM ENGINE.executions WHERE instance_id = due.instance_id AND status = 'Running');
    said := due.work_item;
    CASE said->>'kind'
      WHEN 'start' THEN UPDATE df.instances SET status = 'running', updated_at = now() WHERE id = due.instance_id;
      WHEN 'signal' THEN PERFORM df._remember(due.instance_id, 'Signal', said);
      WHEN 'done' THEN PERFORM df._finish_step(due.instance_id);
      WHEN 'failed' THEN PERFORM df._end(due.instance_id, 'Failed', 'failed');
      WHEN 'cancel' THEN PERFORM df._end(due.instance_id, 'Failed', 'cancelled');
    END CASE;
    CONTINUE WHEN said->>'kind' IN ('failed', 'cancel');
    PERFORM df._advance(due.instance_id);
  END LOOP;
  SELECT q.id, q.work_item::json->>'role', q.work_item::json->>'database', q.work_item::json->>'query'
  INTO item, role, database, query
  FROM ENGINE.worker_queue q ORDER BY q.id LIMIT 1;
END $$;

CREATE FUNCTION df._done(item bigint, well boolean, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH ended AS (DELETE FROM ENGINE.worker_queue WHERE id = item RETURNING instance_id)
  INSERT INTO ENGINE.orchestrator_queue (instance_id, work_item)
  SELECT instance_id, json_build_object('kind', CASE WHEN well THEN 'done' ELSE 'failed' END, 'message', message)::text FROM ended;
END $$;

CREATE FUNCTION df.grant_usage(p_role text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA df TO %I', p_role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON df.instances, df.nodes TO %I', p_role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON df.vars TO %I', p_role);
END $$;
