-- A table that is emptied at once fires no trigger of rows: nothing of its noun is left to count.
CREATE FUNCTION "cms"."tally_none"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "cms"."tallies" WHERE "noun" = TG_ARGV[0];
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "tally_none" AFTER TRUNCATE ON "cms"."instances" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."tally_none"('instance');
--> statement-breakpoint
CREATE TRIGGER "tally_none" AFTER TRUNCATE ON "cms"."images" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."tally_none"('image');
--> statement-breakpoint
CREATE TRIGGER "tally_none" AFTER TRUNCATE ON "cms"."operations" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."tally_none"('operation');
--> statement-breakpoint
CREATE TRIGGER "tally_none" AFTER TRUNCATE ON "cms"."jobs" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."tally_none"('job');
--> statement-breakpoint
CREATE TRIGGER "tally_none" AFTER TRUNCATE ON "cms"."drills" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."tally_none"('drill');
