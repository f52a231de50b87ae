-- The revision of a row grows with every change, whoever writes it.
CREATE FUNCTION "cms"."touch_row"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."revision" := OLD."revision" + 1;
  NEW."updated_at" := now();
  RETURN NEW;
END;
$$;
--> statement-breakpoint
-- Wakes whoever follows: 'instance:<id>', 'image:<id>', 'operation:<id>'. The row is the truth, this only a hint.
CREATE FUNCTION "cms"."notify_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('toygres_changes', TG_ARGV[0] || ':' || NEW."id");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- '<operation id>:<sequence>'
CREATE FUNCTION "cms"."notify_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('toygres_events', NEW."operation_id" || ':' || NEW."sequence");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- The platform whose workers have something new to take.
CREATE FUNCTION "cms"."notify_work"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('toygres_work', NEW."platform");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "touch" BEFORE UPDATE ON "cms"."instances" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_row"();
--> statement-breakpoint
CREATE TRIGGER "touch" BEFORE UPDATE ON "cms"."images" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_row"();
--> statement-breakpoint
CREATE TRIGGER "touch" BEFORE UPDATE ON "cms"."operations" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_row"();
--> statement-breakpoint
CREATE TRIGGER "notify_change" AFTER INSERT OR UPDATE ON "cms"."instances" FOR EACH ROW EXECUTE FUNCTION "cms"."notify_change"('instance');
--> statement-breakpoint
CREATE TRIGGER "notify_change" AFTER INSERT OR UPDATE ON "cms"."images" FOR EACH ROW EXECUTE FUNCTION "cms"."notify_change"('image');
--> statement-breakpoint
CREATE TRIGGER "notify_change" AFTER INSERT OR UPDATE ON "cms"."operations" FOR EACH ROW EXECUTE FUNCTION "cms"."notify_change"('operation');
--> statement-breakpoint
CREATE TRIGGER "notify_event" AFTER INSERT ON "cms"."operation_events" FOR EACH ROW EXECUTE FUNCTION "cms"."notify_event"();
--> statement-breakpoint
CREATE TRIGGER "notify_work" AFTER INSERT OR UPDATE OF "state" ON "cms"."operations" FOR EACH ROW WHEN (NEW."state" = 'QUEUED') EXECUTE FUNCTION "cms"."notify_work"();
