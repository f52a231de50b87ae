-- A worker hears of what is to be taken, and of a cancellation of what it has: '<platform>' and '<platform>/<operation id>'.
CREATE FUNCTION "cms"."notify_cancel"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('toygres_work', NEW."platform" || '/' || NEW."id");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "notify_cancel" AFTER UPDATE OF "state" ON "cms"."operations" FOR EACH ROW WHEN (NEW."state" = 'CANCELLING') EXECUTE FUNCTION "cms"."notify_cancel"();
