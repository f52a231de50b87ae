-- The same as before, but silent in a transaction that says that its writer tells of it afterwards: steps are written all the
-- time, and a transaction that notifies keeps all others that do from committing until its own commit is on disk.
CREATE OR REPLACE FUNCTION "cms"."notify_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "cms"."changes" ("noun", "id", "xid", "position", "at")
  VALUES (TG_ARGV[0], NEW."id", pg_current_xact_id(), nextval('cms.change_position'), clock_timestamp())
  ON CONFLICT ("noun", "id") DO UPDATE
    SET "xid" = excluded."xid", "position" = excluded."position", "at" = excluded."at";
  IF TG_ARGV[0] = 'operation' AND current_setting('toygres.told_afterwards', true) = 'on' THEN
    RETURN NULL;
  END IF;
  PERFORM pg_notify('toygres_changes', TG_ARGV[0] || ':' || NEW."id");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "cms"."notify_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('toygres.told_afterwards', true) IS DISTINCT FROM 'on' THEN
    PERFORM pg_notify('toygres_events', NEW."operation_id" || ':' || NEW."sequence");
  END IF;
  RETURN NULL;
END;
$$;
